import { expect } from 'vitest'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import type { Clock, ServiceName, SimulatedService, Simulator } from '../../src/simulators/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import type { Json } from './rehearse.ts'

/** ComfyUI, Google and RunPod in memory. They remember, whatever becomes of those who talk to them. */
export interface SimulatedWorld {
  readonly services: readonly SimulatedService[]
  /** `gcs POST /upload/storage/v1/b/films/o`, in the order in which they were answered. */
  readonly asked: readonly string[]
  /** Any request to any service, as from outside. */
  send(service: ServiceName, request: Request): Promise<Response>
}

/** May answer for a service instead. */
export type Change = (service: ServiceName, http: Simulator) => Simulator

/** A world of its own; `clock` says how long things take there. */
export async function simulatedWorld(
  change: Change = (_, http) => http,
  clock: Clock = virtualClock(Date.now(), 0),
): Promise<SimulatedWorld> {
  let made = 0
  const newId = () => {
    made += 1
    return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`
  }
  const world = await simulatedServices('wan22-two-chunks', { clock, newId, keepBytes: true })
  const asked: string[] = []
  const services = world.all.map((service): SimulatedService => {
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
  return { services, asked, send }
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
