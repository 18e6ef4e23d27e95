import { expect } from 'vitest'
import { type Faults, openFaults } from '../../src/network/faults/faults.ts'
import { parseFault } from '../../src/network/faults/grammar/parse-fault.ts'
import type { Outbox } from '../../src/simulators/comfyui/execute/prompt-run.ts'
import { type MakeComfyui, simulatedServices } from '../../src/simulators/simulated-services.ts'
import type { Clock, ServiceName, SimulatedService, Simulator } from '../../src/simulators/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import type { Json } from './rehearse.ts'

/** ComfyUI, Google and RunPod in memory. They remember, whatever becomes of those who talk to them. */
export interface SimulatedWorld {
  readonly services: readonly SimulatedService[]
  /** `gcs POST /upload/storage/v1/b/films/o`, in the order in which they were answered. */
  readonly asked: readonly string[]
  /** What goes wrong in it, if anything. */
  readonly faults?: Faults
  /** The jobs whose prompts ComfyUI has taken, by their numbers in the run, in order. */
  readonly taken: readonly number[]
  /** Steps that ComfyUI has sampled, by the prompt's job. */
  readonly sampled: ReadonlyMap<number, number>
  /** Any request to any service, as from outside. */
  send(service: ServiceName, request: Request): Promise<Response>
}

/** May answer for a service instead. */
export type Change = (service: ServiceName, http: Simulator) => Simulator

/** A world of its own; `clock` says how long things take there. */
export async function simulatedWorld(
  change: Change = (_, http) => http,
  clock: Clock = virtualClock(Date.now(), 0),
  faults?: Faults,
): Promise<SimulatedWorld> {
  let made = 0
  const newId = () => {
    made += 1
    return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`
  }
  const asked: string[] = []
  const taken: number[] = []
  const sampled = new Map<number, number>()
  const jobs = new Map<string, number>()
  const onStep = (promptId: string) => {
    const job = jobs.get(promptId) ?? 0
    sampled.set(job, (sampled.get(job) ?? 0) + 1)
  }
  const comfyui = (make: MakeComfyui) => {
    const heard: MakeComfyui = ({ outbox = (hub: Outbox) => hub, ...parts } = {}) =>
      make({ ...parts, outbox: (hub) => outbox(hearing(hub, onStep)) })
    return faults ? faults.comfyui(heard) : heard()
  }
  const world = await simulatedServices('wan22-two-chunks', { clock, newId, keepBytes: true, comfyui })
  const services = world.all.map((real): SimulatedService => {
    const counted = real.name === 'comfyui' ? { ...real, http: counting(real.http, taken, jobs) } : real
    const service = faults ? faults.wrap(counted) : counted
    const http = change(service.name, service.http)
    const logged: Simulator = async (request) => {
      const response = await http(request)
      asked.push(lineOf(service.name, request))
      return response
    }
    return { ...service, http: logged }
  })
  const send: SimulatedWorld['send'] = (name, request) =>
    services.find((service) => service.name === name)!.http(request)
  return { services, asked, taken, sampled, send, ...(faults && { faults }) }
}

/** A world in which things go wrong, each by its `--fault`; no time goes by in it. */
export function worldWithFaults(specs: readonly string[]): Promise<SimulatedWorld> {
  const clock = virtualClock(Date.now(), 0)
  return simulatedWorld(undefined, clock, openFaults(specs.map(parseFault), { clock, isVirtual: true }))
}

/** Notes which job a prompt that is taken is for; `jobs` gets it by the id of the prompt, before it begins. */
function counting(http: Simulator, taken: number[], jobs: Map<string, number>): Simulator {
  return async (request) => {
    if (lineOf('comfyui', request) !== PROMPT) return http(request)
    const { prompt_id, extra_data } = JSON.parse(await request.clone().text())
    const job = extra_data?.prompt_runner?.workflow_id
    jobs.set(prompt_id, job)
    const answer = await http(request)
    if (answer.status === 200) taken.push(job)
    return answer
  }
}

/** A hub that tells of each step that a sampler takes, whoever may hear of it. */
function hearing(hub: Outbox, onStep: (promptId: string) => void): Outbox {
  return {
    send(type, data, to) {
      if (type === 'progress') onStep(JSON.parse(data()).prompt_id)
      hub.send(type, data, to)
    },
    takesPreviewMetadata: (to) => hub.takesPreviewMetadata(to),
    preview: (...frame) => hub.preview(...frame),
    text: (...frame) => hub.text(...frame),
  }
}

/** A world that answers the first `times` requests that match (`comfyui POST /prompt`) by `instead`, once it has been asked for work. */
export function faultyWorld(
  wanted: RegExp,
  times: number,
  instead: (request: Request, http: Simulator) => Promise<Response>,
): Promise<SimulatedWorld> {
  let left = times
  let isAsked = false
  return simulatedWorld((service, http) => (request) => {
    const asked = lineOf(service, request)
    isAsked ||= asked === PROMPT
    if (!isAsked || left === 0 || !wanted.test(asked)) return http(request)
    left -= 1
    return instead(request, http)
  })
}

/** ComfyUI's answer to a prompt that it does not take; no other ends a job at once. */
export function refusal(): Response {
  const error = { type: 'invalid_prompt', message: 'Not now', details: '', extra_info: {} }
  return Response.json({ error, node_errors: {} }, { status: 400 })
}

/** How many prompts were posted. */
export const promptsSent = ({ asked }: Pick<SimulatedWorld, 'asked'>): number =>
  asked.filter((line) => line === PROMPT).length

/** What ComfyUI tells of the prompts that it has finished, by their ids. */
export async function history(world: Pick<SimulatedWorld, 'send'>): Promise<Json> {
  return (await world.send('comfyui', new Request('http://127.0.0.1:8188/history'))).json()
}

/** How many prompts ComfyUI has finished, whatever became of them. */
export const promptsRun = async (world: Pick<SimulatedWorld, 'send'>): Promise<number> =>
  Object.keys(await history(world)).length

/** The bytes of an object in the bucket `films`; fails when there is none. */
export async function stored({ send }: Pick<SimulatedWorld, 'send'>, name: string): Promise<Buffer> {
  const url = `https://storage.googleapis.com/storage/v1/b/films/o/${encodeURIComponent(name)}?alt=media`
  const response = await send('gcs', new Request(url, { headers: { authorization: 'Bearer test' } }))
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

const PROMPT = 'comfyui POST /prompt'

/** A request as `asked` has it. */
export function lineOf(service: ServiceName, request: Request): string {
  return `${service} ${request.method} ${new URL(request.url).pathname}`
}
