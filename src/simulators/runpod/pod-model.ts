import { actionsOf, type PodAction, type PodResource, type PodStatus } from './pod-resource.ts'

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
