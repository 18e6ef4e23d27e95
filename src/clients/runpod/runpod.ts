import type { PodClient } from '../clients.ts'
import { createHttp, type Http } from '../http/http.ts'
import { actionRefused, podFailure } from './errors.ts'
import { healthOf, type Pod, podInfo, readPod } from './pod.ts'

export interface PodClientOptions {
  readonly podId: string
  /** null: none given; RunPod answers 401 then. */
  readonly apiKey: string | null
  /** Base of the REST API v2. */
  readonly url?: URL
}

/** One pod by RunPod's REST API v2 (https://api.runpod.io/v2/openapi.json). Every failure is PR_POD. */
export function createPodClient({
  podId,
  apiKey,
  url = new URL('https://api.runpod.io/v2'),
}: PodClientOptions): PodClient {
  const http = createHttp({
    base: url,
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

  /** Asks for what the pod says it allows, so that a refusal is told with its reason and no request. */
  async function act(action: 'stop' | 'terminate', isDone: string[], signal: AbortSignal | undefined): Promise<void> {
    const before = await pod(signal)
    if (isDone.includes(before.status)) return
    if (before.locked || !before.actions.includes(action)) throw actionRefused(action, before)
    await ask(http, 'POST', `${path}/action`, `asking RunPod to ${action} pod ${podId}`, { json: { action }, signal })
  }

  return {
    podId,
    info: async (signal) => podInfo(await pod(signal)),
    health: async (signal) => healthOf(await pod(signal)),
    stop: (signal) => act('stop', ['EXITED', 'TERMINATED'], signal),
    terminate: (signal) => act('terminate', ['TERMINATED'], signal),
  }
}

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
