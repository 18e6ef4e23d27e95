import type { Pace } from '../../domain/pace.ts'
import { pauseAfter, retries } from '../../domain/retry-policy.ts'
import { PromptRunnerError } from '../../errors.ts'
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

/**
 * One pod by RunPod's REST API v2 (https://api.runpod.io/v2/openapi.json). Every failure is PR_POD; what may pass is tried again before,
 * by `retries.pod`, with the pauses that RunPod asks for.
 */
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

  async function look(signal: AbortSignal | undefined): Promise<Pod> {
    return readPod(podId, await ask(http, 'GET', path, `asking RunPod for pod ${podId}`, { signal }))
  }

  /** Of a stop that failed perhaps only the answer was lost: so it looks at the pod first, each time. */
  async function stop(signal: AbortSignal | undefined): Promise<void> {
    const before = await look(signal)
    if (isOff(before)) return
    // The pod says what it allows, so that a refusal is told with its reason and no request.
    if (before.locked || !before.actions.includes('stop')) throw stopRefused(before)
    const json = { action: 'stop' }
    const doing = `asking RunPod to stop pod ${podId}`
    let after = readPod(podId, await ask(http, 'POST', `${path}/action`, doing, { json, signal }))
    for (let looks = 1; !isOff(after); looks += 1) {
      const pause = pauseAfter(retries.obedience, looks)
      if (pause === null) throw stopIgnored(after)
      await pace.pause(pause, signal)
      after = await look(signal)
    }
  }

  async function persist<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal | undefined) => Promise<T>) {
    for (let failed = 1; ; failed += 1) {
      try {
        return await work(signal)
      } catch (error) {
        const pause = pauseAfter(retries.pod, failed)
        const asked = error instanceof PromptRunnerError ? error.retryAfter : null
        if (pause === null || asked === null || asked > LONGEST_PAUSE) throw error
        await pace.pause(Math.max(pause, asked), signal)
      }
    }
  }

  return {
    podId,
    info: async (signal) => podInfo(await persist(signal, look)),
    health: async (signal) => healthOf(await persist(signal, look)),
    stop: (signal) => persist(signal, stop),
  }
}

/** Such a pod costs nothing but its disk. */
const isOff = ({ status }: Pod) => ['EXITED', 'TERMINATED'].includes(status)

/** Milliseconds. Who is asked to wait longer than this is better told so. */
const LONGEST_PAUSE = 60_000

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
  throw podFailure(doing, answer.status, http.hide(text), answer.headers)
}
