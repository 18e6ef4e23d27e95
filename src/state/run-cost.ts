import { costOf } from '../domain/price.ts'
import type { RunEvent } from '../domain/run-event.ts'

/**
 * What a run has taken in all its starts: of each the time from its beginning to the last thing that it noted, at the price that counted
 * then. What goes on costing between two starts is not counted, nor what a start did after its last note.
 */
export interface RunCost {
  readonly dollars: number
  /** Milliseconds for which no price was known. */
  readonly unpricedMs: number
  /** When the present start last noted something, and its price in USD an hour. */
  readonly lastAt: number
  readonly perHour: number | null
}

export const noCost: RunCost = { dollars: 0, unpricedMs: 0, lastAt: 0, perHour: null }

/** What a run has taken after one more event. */
export function reduceRunCost(cost: RunCost, event: RunEvent): RunCost {
  if (event.kind === 'run-started') return { ...cost, lastAt: event.at, perHour: null }
  const ms = Math.max(0, event.at - cost.lastAt)
  const lastAt = cost.lastAt + ms
  const perHour = event.kind === 'price' ? event.price.perHour : cost.perHour
  // The price is asked for at the start, so the moments before count, too.
  if (perHour === null) return { ...cost, lastAt, unpricedMs: cost.unpricedMs + ms }
  return { ...cost, lastAt, perHour, dollars: cost.dollars + costOf(ms, { perHour }) }
}

/** USD that the starts so far have cost; what nobody had a price for counts at the present one. */
export function costBefore({ dollars, unpricedMs }: RunCost, price: { readonly perHour: number }): number {
  return dollars + costOf(unpricedMs, price)
}
