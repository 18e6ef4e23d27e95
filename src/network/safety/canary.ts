import { get } from 'node:http'
import { PromptRunnerError } from '../../errors.ts'
import type { SimulatedService } from '../../simulators/simulator.ts'
import type { Who } from './refusals.ts'

/** A name that no name server knows (RFC 2606), so that a canary that gets out finds nothing. */
export const CANARY_HOST = 'canary.prompt-runner.invalid'

const sign = 'alive'

export const canary: Pick<SimulatedService, 'http'> = { http: async () => new Response(sign) }

/**
 * Sends a request to the reserved name before anything else does. Resolves with the prototype of
 * the TCP handle it used: the class that all connections of this process have in common, which Node exports nowhere.
 * Throws PR_EGRESS when the answer does not come from the simulation: then nothing else may be sent.
 */
export function sendCanary(who: Who): Promise<object> {
  return new Promise((resolve, reject) => {
    const failed = (cause?: unknown) =>
      reject(
        new PromptRunnerError(
          'PR_EGRESS',
          `a test request to ${CANARY_HOST} was not answered by the simulated network`,
          {
            hint: `another tool in this process also intercepts connections; the ${who} stops before it sends anything`,
            cause,
          },
        ),
      )
    let tcp: object | null = null
    get({ host: CANARY_HOST, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => (text === sign && tcp ? resolve(tcp) : failed()))
    })
      .on('socket', ({ _handle: handle }) => (tcp = handle ? Object.getPrototypeOf(handle) : null))
      .on('error', failed)
  })
}
