import type { ErrorCode } from '../errors.ts'
import { costOf, dollarText, type Price, priceText, rateText } from './price.ts'
import { durationText } from './wording.ts'

/** What a run may take; null: as much as it needs. */
export interface Terms {
  readonly price: Price | null
  /** USD, over all starts of the run. Counts only with a price. */
  readonly budget: number | null
  /** Milliseconds after this start. */
  readonly deadline: number | null
}

/** What a run has taken so far. */
export interface Taken {
  /** Milliseconds since this start. */
  readonly ms: number
  /** USD that earlier starts have cost. */
  readonly before: number
}

/** A rule that is broken, or would be at the end of something. */
export type Overrun =
  | { readonly rule: 'budget'; readonly cost: number; readonly budget: number; readonly price: Price }
  | { readonly rule: 'deadline'; readonly ms: number; readonly deadline: number }

/** How a run ends that a rule has stopped. */
export const overrunCodes = { budget: 'PR_BUDGET', deadline: 'PR_DEADLINE' } as const satisfies Record<
  Overrun['rule'],
  ErrorCode
>

/** Whether an error code says that a budget or a deadline has ended something. */
export function isOverrunCode(code: string): boolean {
  return Object.values<string>(overrunCodes).includes(code)
}

/** USD that a run has cost after `more` milliseconds of this start; null: nobody knows a price. */
export function costAfter({ price }: Terms, { ms, before }: Taken, more = 0): number | null {
  return price && before + costOf(ms + more, price)
}

/**
 * The rule that is broken by who goes on for `more` milliseconds; null: none. With 0 it is asked whether anything may begin at all, and
 * then nothing may where nothing is left.
 */
export function overrunAfter(terms: Terms, taken: Taken, more: number): Overrun | null {
  const { budget, deadline, price } = terms
  const isOver = (value: number, limit: number) => value > limit || (more === 0 && value === limit)
  const cost = costAfter(terms, taken, more)
  if (price !== null && cost !== null && budget !== null && isOver(cost, budget))
    return { rule: 'budget', cost, budget, price }
  const ms = taken.ms + more
  return deadline !== null && isOver(ms, deadline) ? { rule: 'deadline', ms, deadline } : null
}

/** `$2.71 at $0.44/h (--price), and the budget is $2.50`; rounded so that more never looks like less. */
export function overrunText(overrun: Overrun): string {
  if (overrun.rule === 'deadline')
    return `${durationText(Math.ceil(overrun.ms / 1_000) * 1_000)} after the start, and the deadline is ${durationText(overrun.deadline)}`
  const { cost, budget, price } = overrun
  const shown = cost < 0.01 ? cost : Math.ceil(cost * 100 - 1e-9) / 100
  return `${dollarText(shown)} at ${priceText(price)}, and the budget is ${rateText(budget)}`
}
