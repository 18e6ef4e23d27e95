import type { Job } from '../domain/plan.ts'
import type { EmitRunEvent } from '../domain/run-event.ts'
import { isOverrunCode, type Overrun, overrunAfter, overrunCodes, overrunText, type Terms } from '../domain/spending.ts'
import { goOnWith } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { costBefore } from '../state/run-cost.ts'
import type { RunState } from '../state/run-state.ts'

/** What a run has taken of its budget and its time. */
export interface Spending {
  readonly terms: Terms
  /** USD that earlier starts have cost. */
  readonly before: number
  /** Tells the price that counts from now on. */
  tell(emit: EmitRunEvent): void
  /** Throws PR_BUDGET or PR_DEADLINE when nothing is left, or `job` would take more than that at the pace of those before it. */
  check(job?: Job): void
  /** Notes how long a job took. */
  took(job: Job, ms: number): void
  /** What `check` would throw of a job that goes on for so many milliseconds. */
  overrun(job: Job | null, more: number): PromptRunnerError | null
}

/** What its count begins with. */
export interface SpendingOptions {
  readonly terms: Terms
  readonly earlier: RunState | null
  /** A whole command line that goes on with the run; null: nothing does. */
  readonly resumeCommand: string | null
  readonly now: () => number
}

/** Counts from now on. */
export function openSpending({ terms, earlier, resumeCommand, now }: SpendingOptions): Spending {
  const { price } = terms
  const startedAt = now()
  const before = earlier && price ? costBefore(earlier.cost, price) : 0
  /** Milliseconds that the fastest job of a kind and length has taken. */
  const fastest = new Map<string, number>()
  const overrun: Spending['overrun'] = (job, more) => {
    const found = overrunAfter(terms, { ms: now() - startedAt, before }, more)
    return found && stopped(found, job && more > 0 ? job : null, resumeCommand)
  }
  return {
    terms,
    before,
    tell(emit) {
      if (price) emit({ kind: 'price', at: now(), price, before })
    },
    check(job) {
      const error = overrun(null, 0) ?? overrun(job ?? null, job ? (fastest.get(likeness(job)) ?? 0) : 0)
      if (error) throw error
    },
    took(job, ms) {
      const key = likeness(job)
      fastest.set(key, Math.min(fastest.get(key) ?? ms, ms))
    },
    overrun,
  }
}

/** Whether a run ended because its budget or its time is spent. */
export function isOverrun(error: unknown): error is PromptRunnerError {
  return error instanceof PromptRunnerError && isOverrunCode(error.code)
}

/** Jobs that take about as long; of those that combine each next one takes longer. */
function likeness({ kind, chunk }: Job): string {
  return kind === 'combine' ? kind : `${kind} ${chunk.renderFrames}`
}

/** `job`: the one that would end too late; null: nothing may go on at all. */
function stopped(overrun: Overrun, job: Job | null, resumeCommand: string | null): PromptRunnerError {
  const what = job ? `Job ${job.workflowNumber} (${job.kind}, chunk ${job.chunk.number}) would end at` : 'The run is at'
  const flag = `--${overrun.rule}`
  const more = overrun.rule === 'budget' ? `Give a larger ${flag}, and` : `${flag} counts from each start:`
  return new PromptRunnerError(
    overrunCodes[overrun.rule],
    `${what} ${overrunText(overrun)}: it stops here; what is done is kept`,
    resumeCommand === null ? {} : { hint: `${more} ${goOnWith(resumeCommand)}` },
  )
}
