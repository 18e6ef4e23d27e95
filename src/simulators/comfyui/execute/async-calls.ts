import type { Clock } from '../../simulator.ts'
import type { NodeOutcome, NodeResult, Tick } from './node-runner.ts'

interface Call {
  readonly node: string
  readonly index: number
  startedAt: number
  readonly outcome: NodeOutcome
  ticks: number
}

/** A node's calls: what each ended with, and whom to tell when all have. */
interface Group {
  readonly results: (() => NodeResult)[]
  open: number
  release: () => void
}

/** The coroutines of one prompt: they go on only while the executor has nothing else to do, like those of an event loop. */
export class AsyncCalls {
  private calls: Call[] = []
  /** Calls that a semaphore holds back, first come first served. */
  private waiting: Call[] = []
  private readonly groups = new Map<string, Group>()
  private readonly clock: Clock
  private readonly onTick: (node: string, tick: Tick) => void

  /** `onTick` may throw: then that coroutine ends with what it threw. */
  constructor(clock: Clock, onTick: (node: string, tick: Tick) => void) {
    this.clock = clock
    this.onTick = onTick
  }

  /** Starts a node's calls and gives every coroutine its turn: each runs up to where it has to wait. */
  start(node: string, outcomes: readonly NodeOutcome[]): void {
    this.groups.set(node, { results: [], open: outcomes.length, release: () => {} })
    const startedAt = this.clock.now()
    this.waiting.push(...outcomes.map((outcome, index) => ({ node, index, startedAt, outcome, ticks: 0 })))
    this.admit()
    for (const call of [...this.calls]) while (this.calls.includes(call) && dueOf(call) <= startedAt) this.step(call)
  }

  /** `release` is called when the last of a node's calls has ended. */
  whenDone(node: string, release: () => void): void {
    const group = this.groups.get(node)
    if (group) group.release = release
  }

  /** What a node's calls gave, once all have ended; throws what one of them threw. Until then null. */
  take(node: string): NodeResult[] | null {
    const group = this.groups.get(node)
    if (!group || group.open > 0) return null
    this.groups.delete(node)
    return group.results.map((finish) => finish())
  }

  /** Sleeps until the next thing happens to any coroutine, and lets it happen. */
  async advance(): Promise<void> {
    const next = this.calls.toSorted((a, b) => dueOf(a) - dueOf(b))[0]
    if (!next) return
    await this.clock.sleep(dueOf(next) - this.clock.now())
    this.step(next)
  }

  /** Lets in what waits, as far as there is room. */
  private admit(): void {
    for (const call of [...this.waiting]) {
      const { limit } = call.outcome
      if (limit && this.calls.filter(({ outcome }) => outcome.limit?.name === limit.name).length >= limit.most) continue
      this.waiting = this.waiting.filter((each) => each !== call)
      call.startedAt = this.clock.now()
      this.calls.push(call)
    }
  }

  private step(call: Call): void {
    const tick = call.outcome.ticks[call.ticks]
    if (!tick) return this.end(call, () => call.outcome.finish())
    call.ticks += 1
    try {
      this.onTick(call.node, tick)
    } catch (error) {
      this.end(call, () => {
        throw error
      })
    }
  }

  private end(call: Call, finish: () => NodeResult): void {
    this.calls = this.calls.filter((each) => each !== call)
    this.admit()
    const group = this.groups.get(call.node)!
    group.results[call.index] = finish
    group.open -= 1
    if (group.open === 0) group.release()
  }
}

function dueOf({ startedAt, outcome, ticks }: Call): number {
  return startedAt + (outcome.ticks[ticks]?.atMs ?? outcome.durationMs)
}
