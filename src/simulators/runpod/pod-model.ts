import * as z from 'zod'
import { isJson } from '../../recording/exact-json.ts'
import type { HarLog } from '../../recording/har.ts'

/** https://api.runpod.io/v2/openapi.json, schema PodStatus. */
const podStatus = z.enum(['PROVISIONING', 'STARTING', 'RUNNING', 'EXITED', 'ERROR', 'TERMINATED'])
export type PodStatus = z.infer<typeof podStatus>

export const podAction = z.enum(['start', 'stop', 'restart', 'terminate'])
export type PodAction = z.infer<typeof podAction>

/** Which actions a status allows; published in every pod as `actions`. */
const actionsOf: Readonly<Record<PodStatus, readonly PodAction[]>> = {
  PROVISIONING: ['stop', 'terminate'],
  STARTING: ['stop', 'terminate'],
  RUNNING: ['stop', 'restart', 'terminate'],
  EXITED: ['start', 'terminate'],
  ERROR: ['start', 'terminate'],
  TERMINATED: [],
}

/** The pod resource, as far as the simulator changes it; everything else of it is carried along. */
const podResource = z.looseObject({
  id: z.string(),
  name: z.string(),
  status: podStatus,
  actions: z.array(podAction),
  /** USD per hour. */
  cost: z.number(),
  locked: z.boolean(),
  /** null unless RUNNING; `uptime` in seconds. */
  runtime: z.looseObject({ uptime: z.number() }).nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
})
export type PodResource = z.infer<typeof podResource>

/** Milliseconds that a pod takes to be allocated and to start its container. Not recorded anywhere: an assumption. */
const PROVISIONING_MS = 20_000
const STARTING_MS = 40_000

/** One pod and what became of it. Times in epoch milliseconds. */
export class PodModel {
  readonly #first: PodResource
  /** The status that the last action led to, since when, and on the way to RUNNING or not. */
  #status: PodStatus
  #since: number
  #startedAt: number | null

  /** A pod that runs has been running for the recorded uptime at `now`. */
  constructor(pod: PodResource, now: number) {
    this.#first = pod
    this.#status = pod.status
    this.#since = now
    this.#startedAt = pod.runtime === null ? null : now - pod.runtime.uptime * 1000
  }

  resource(now: number): PodResource {
    this.#advance(now)
    const { runtime, cost, createdAt } = this.#first
    const isOff = this.#status === 'EXITED' || this.#status === 'TERMINATED'
    const started = this.#startedAt
    return {
      ...this.#first,
      status: this.#status,
      actions: [...actionsOf[this.#status]],
      cost: isOff ? 0 : cost,
      runtime:
        this.#status === 'RUNNING' && started !== null
          ? { ...runtime, uptime: Math.floor((now - started) / 1000) }
          : null,
      createdAt: earlier(createdAt, started),
      startedAt: started === null ? null : new Date(started).toISOString(),
    }
  }

  /** Whether the action was taken; a status that does not allow it, and the lock, refuse. */
  act(action: PodAction, now: number): boolean {
    const { actions, locked } = this.resource(now)
    if (!actions.includes(action) || (locked && (action === 'stop' || action === 'restart'))) return false
    const next = { start: 'PROVISIONING', restart: 'STARTING', stop: 'EXITED', terminate: 'TERMINATED' } as const
    this.#status = next[action]
    this.#since = now
    return true
  }

  #advance(now: number): void {
    if (this.#status === 'PROVISIONING' && now - this.#since >= PROVISIONING_MS) {
      this.#status = 'STARTING'
      this.#since += PROVISIONING_MS
    }
    if (this.#status === 'STARTING' && now - this.#since >= STARTING_MS) {
      this.#status = 'RUNNING'
      this.#since += STARTING_MS
      this.#startedAt = this.#since
    }
  }
}

function earlier(createdAt: string, started: number | null): string {
  return started === null ? createdAt : new Date(Math.min(Date.parse(createdAt), started)).toISOString()
}

/** What a recording teaches about RunPod. */
export interface RunpodSeed {
  /** The pod as it was; its id gives way to the one that is asked for. */
  readonly pod: PodResource
  /** The answer of `/v2/catalog/gpus`. */
  readonly catalog: { readonly gpus: ReadonlyArray<{ readonly id: string; readonly [field: string]: unknown }> }
}

const catalogAnswer = z.object({ gpus: z.array(z.looseObject({ id: z.string() })) })

/** Reads the answers to `GET /v2/pods/{id}` and `GET /v2/catalog/gpus` in a recording; null when there is no pod in it. */
export function runpodSeed(log: HarLog): RunpodSeed | null {
  const answer = (path: RegExp): unknown => {
    const entry = log.entries.find(
      ({ request, response }) =>
        request.method === 'GET' && response.status === 200 && path.test(new URL(request.url).pathname),
    )
    const text = entry?.response.content.text ?? ''
    return isJson(text) ? JSON.parse(text) : null
  }
  const pod = podResource.safeParse(answer(/^\/v2\/pods\/[^/]+$/))
  if (!pod.success) return null
  return { pod: pod.data, catalog: catalogAnswer.safeParse(answer(/^\/v2\/catalog\/gpus$/)).data ?? { gpus: [] } }
}
