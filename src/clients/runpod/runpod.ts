import type { Pace } from '../../domain/pace.ts'
import { pauseAfter, retries } from '../../domain/retry-policy.ts'
import type { PodClient } from '../clients.ts'
import { createHttp, type Http } from '../http/http.ts'
import { realPace } from '../real-pace.ts'
import { healthOf, type Pod, podFailure, podInfo, readPod, stopIgnored, stopRefused } from './answers.ts'

interface PodClientOptions {
  readonly podId: string
  /** null: none given; RunPod answers 401 then. */
  readonly apiKey: string | null
  /** Base of the REST API v2. */
  readonly url?: URL
  readonly pace?: Pace | undefined
}

/** One pod by RunPod's REST API v2 (https://api.runpod.io/v2/openapi.json). Every failure is PR_POD. */
export function createPodClient({
  podId,
  apiKey,
  url = new URL('https://api.runpod.io/v2'),
  pace = realPace,
}: PodClientOptions): PodClient {
  const http = createHttp({
    base: url,
    pace,
    token: apiKey,
    service: 'RunPod',
    codes: { unreachable: 'PR_POD', http: 'PR_POD' },
    unreachableHint: 'check the network; a pod that cannot be reached goes on costing money: stop it in the console',
    deniedHint: 'set RUNPOD_API_KEY to a key that may manage pods',
  })
  const path = `/pods/${encodeURIComponent(podId)}`

  async function pod(signal: AbortSignal | undefined): Promise<Pod> {
    return readPod(podId, await ask(http, 'GET', path, `asking RunPod for pod ${podId}`, { signal }))
  }

  return {
    podId,
    info: async (signal) => podInfo(await pod(signal)),
    health: async (signal) => healthOf(await pod(signal)),
    async stop(signal) {
      const before = await pod(signal)
      if (isOff(before)) return
      // The pod says what it allows, so that a refusal is told with its reason and no request.
      if (before.locked || !before.actions.includes('stop')) throw stopRefused(before)
      const json = { action: 'stop' }
      let after = readPod(
        podId,
        await ask(http, 'POST', `${path}/action`, `asking RunPod to stop pod ${podId}`, { json, signal }),
      )
      for (let looks = 1; !isOff(after); looks += 1) {
        const pause = pauseAfter(retries.obedience, looks)
        if (pause === null) throw stopIgnored(after)
        await pace.pause(pause, signal)
        after = await pod(signal)
      }
    },
  }
}

/** Such a pod costs nothing but its disk. */
const isOff = ({ status }: Pod) => ['EXITED', 'TERMINATED'].includes(status)

/** Errors of the API are `application/problem+json` with these statuses; 4xx and 5xx alike. */
const PROBLEMS = [400, 401, 402, 403, 404, 405, 409, 422, 429, 500]

async function ask(
  http: Http,
  method: 'GET' | 'POST',
  path: string,
  doing: string,
  request: { json?: unknown; signal: AbortSignal | undefined },
): Promise<string> {
  const answer = await http.request(path, { ...request, method, allow: PROBLEMS })
  const text = await answer.text()
  if (answer.status < 400) return text
  throw podFailure(doing, answer.status, text, answer.headers['retry-after'])
}
