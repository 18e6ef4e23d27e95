import { timeLimits } from '../../domain/pace.ts'
import { FAULT_HEADER, PROVENANCE_HEADER, type SimulatedService, type Simulator } from '../../simulators/simulator.ts'
import { onWire } from '../wire/on-wire.ts'
import { noise, statusAnswer } from './answers.ts'
import { editAnswer } from './edit-answer.ts'
import { can, type Due } from './fault-plan.ts'
import { applies } from './grammar/applies.ts'
import { printAction } from './grammar/print-fault.ts'
import { editPromptAnswer, prepareServer, withNodeErrors, withoutModel, withoutModelListed } from './prompt-faults.ts'
import { type Sighting, sightingsOf, withBody } from './sightings.ts'
import { brokenOff, wireAct } from './wire-acts.ts'
import type { HttpFaults } from './world.ts'

/** A service's requests, with the faults that happen at them. */
export function faultyHttp(service: SimulatedService, faults: HttpFaults): Simulator {
  const { plan, book, world, clock } = faults
  const look = sightingsOf(service.name, book)
  const limit = service.name === 'gcs' ? timeLimits.storage : timeLimits.answer

  const forward = async (sighting: Sighting): Promise<Response> =>
    editPromptAnswer(await service.http(sighting.request), sighting, faults)

  /** What is answered instead; null when a fault leaves the answer as it is. */
  const instead = async (fault: Due, sighting: Sighting, answer: Response | null): Promise<Response | null> => {
    const { do: action, seed } = fault
    if ('sent' in action && action.sent !== null) await begin(service, sighting, action.sent)
    switch (action.kind) {
      case 'status':
        return statusAnswer(service.name, action)
      case 'empty':
        return new Response(null, { headers: { 'content-length': '0' } })
      case 'garbage':
        return new Response(noise(seed, 64), { headers: { 'content-type': 'application/json; charset=utf-8' } })
      case 'lag':
        return Response.json({})
      case 'ignore':
        return ignored(service, sighting.request)
      case 'delay':
        await clock.sleep(action.pause)
        return null
    }
    const act = wireAct(fault, faults, limit)
    if (act) {
      const needsAnswer = 'received' in action && action.received !== null
      return onWire(answer ?? (needsAnswer ? await forward(sighting) : new Response(null)), act)
    }
    await world.act(action, service.name)
    // A program that is killed without a word sends nothing more; one that is stopped does.
    const isDead = action.kind === 'kill' && (action.signal ?? 'SIGKILL') === 'SIGKILL'
    const isCut = isDead || action.kind === 'refuse' || (action.kind === 'restart' && service.name === 'comfyui')
    return isCut ? onWire(new Response(null), brokenOff) : null
  }

  /** What the service answers, changed as the faults say. */
  const changed = async (due: readonly Due[], sighting: Sighting): Promise<Response> => {
    const changing = due.filter(({ do: { kind } }) => applies[kind].changes)
    let { request } = sighting
    for (const fault of changing) {
      prepareServer(fault, sighting, faults)
      if (fault.do.kind === 'missingModel') request = await withoutModel(request, fault.do.model)
    }
    let answer = await forward({ ...sighting, request })
    for (const { do: action } of changing) {
      if (action.kind === 'nodeErrors') answer = await withNodeErrors(answer, sighting.prompt?.graph ?? null)
      else if (action.kind === 'missingModel') answer = await withoutModelListed(answer, action.model)
      else answer = (await editAnswer(answer, action, clock)) ?? answer
    }
    for (const fault of changing) {
      const act = wireAct(fault, faults, limit)
      if (act) answer = onWire(answer, act)
    }
    for (const fault of due)
      if (fault.after) answer = stated((await instead(fault, sighting, answer)) ?? answer, answer)
    return answer
  }

  return async (request) => {
    const sighting = await look(request)
    const due = plan.due(sighting.seen, can.request, sighting.sent.to)
    if (due.length === 0) return forward(sighting)
    for (const fault of due) {
      const { kind } = fault.do
      if (fault.after || (applies[kind].changes && kind !== 'ignore')) continue
      const answer = await instead(fault, sighting, null)
      if (answer) return marked(answer, due)
    }
    return marked(await changed(due, sighting), due)
  }
}

/** Gives the service so much of an upload, and then the end of its connection. */
async function begin(service: SimulatedService, { request, sent }: Sighting, bytes: number): Promise<void> {
  if (!request.body) return
  let left = bytes - sent.from
  const reader = request.body.getReader()
  const part = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = left > 0 ? await reader.read() : { done: true, value: undefined }
      if (done || !value) return controller.error(new Error('the client went away'))
      controller.enqueue(value.subarray(0, left))
      left -= value.byteLength
    },
  })
  await service.http(withBody(request, part)).catch(() => {})
  // A server that answers early still takes the rest, or a client that sends first and listens then would never hear it.
  while (!(await reader.read()).done);
}

/** The pod as it is, as if that had been the answer to the action. */
function ignored(service: SimulatedService, { url, headers }: Request): Promise<Response> {
  return service.http(new Request(url.replace(/\/action$/, ''), { headers }))
}

/** That the service was asked shows by where its answer came from. */
function stated(answer: Response, before: Response): Response {
  const origin = before.headers.get(PROVENANCE_HEADER)
  if (origin !== null) answer.headers.set(PROVENANCE_HEADER, origin)
  return answer
}

/** The run folder tells which answers were faults. */
function marked(answer: Response, due: readonly Due[]): Response {
  const changed = new Response(answer.body, answer)
  changed.headers.set(FAULT_HEADER, due.map(({ do: action }) => printAction(action)).join('; '))
  return changed
}
