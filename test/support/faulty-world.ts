import type { Simulator } from '../../src/simulators/simulator.ts'
import { type LiveWorld, startWorld } from './live-world.ts'

/** A world that answers the first `times` requests that match (`comfyui POST /prompt`) by `instead`, once it has been asked for work. */
export function faultyWorld(
  wanted: RegExp,
  times: number,
  instead: (request: Request, http: Simulator) => Promise<Response>,
): Promise<LiveWorld> {
  let left = times
  let isAsked = false
  return startWorld((service, http) => (request) => {
    const asked = `${service} ${request.method} ${new URL(request.url).pathname}`
    isAsked ||= asked === 'comfyui POST /prompt'
    if (!isAsked || left === 0 || !wanted.test(asked)) return http(request)
    left -= 1
    return instead(request, http)
  })
}

/** How many prompts were posted. */
export const promptsSent = (world: LiveWorld): number =>
  world.asked.filter((line) => line === 'comfyui POST /prompt').length
