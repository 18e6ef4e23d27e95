import type { Clock } from '../../simulator.ts'
import type { NodeOutcome, NodeResult, Tick } from './node-runner.ts'

interface Call {
  readonly node: string
  readonly startedAt: number
  readonly outcome: NodeOutcome
  ticks: number
  settle(finish: () => NodeResult): void
}

/** The coroutines of one prompt: they go on only while the executor has nothing else to do, like those of an event loop. */
export class AsyncCalls {
  private calls: Call[] = []
  private readonly results = new Map<string, (() => NodeResult)[]>()
  private readonly clock: Clock
  private readonly onTick: (node: string, tick: Tick) => void

  /** `onTick` may throw: then that coroutine ends with what it threw. */
  constructor(clock: Clock, onTick: (node: string, tick: Tick) => void) {
    this.clock = clock
    this.onTick = onTick
  }

  /** Starts a node's calls; `done` is told when the last has ended. */
  start(node: string, outcomes: readonly NodeOutcome[], done: () => void): void {
    const results: (() => NodeResult)[] = []
    let open = outcomes.length
    for (const [index, outcome] of outcomes.entries()) {
      const settle = (finish: () => NodeResult) => {
        results[index] = finish
        open -= 1
        if (open > 0) return
        this.results.set(node, results)
        done()
      }
      this.calls.push({ node, startedAt: this.clock.now(), outcome, ticks: 0, settle })
    }
  }

  /** The ended calls of a node; throws what one of them threw. null when it has none. */
  take(node: string): NodeResult[] | null {
    const results = this.results.get(node)
    if (!results) return null
    this.results.delete(node)
    return results.map((finish) => finish())
  }

  /** Sleeps until the next thing happens to any coroutine, and lets it happen. */
  async advance(): Promise<void> {
    const next = this.calls.toSorted((a, b) => dueOf(a) - dueOf(b))[0]
    if (!next) return
    await this.clock.sleep(dueOf(next) - this.clock.now())
    const tick = next.outcome.ticks[next.ticks]
    if (!tick) return this.end(next, () => next.outcome.finish())
    next.ticks += 1
    try {
      this.onTick(next.node, tick)
    } catch (error) {
      this.end(next, () => {
        throw error
      })
    }
  }

  private end(call: Call, finish: () => NodeResult): void {
    this.calls = this.calls.filter((each) => each !== call)
    call.settle(finish)
  }
}

function dueOf({ startedAt, outcome, ticks }: Call): number {
  return startedAt + (outcome.ticks[ticks]?.atMs ?? outcome.durationMs)
}
