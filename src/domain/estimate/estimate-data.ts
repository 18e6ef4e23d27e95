import { costOf, type Price, sourceText } from '../price.ts'
import type { Estimate } from './estimate.ts'
import { reasonText } from './estimate-text.ts'
import type { Span } from './span.ts'

/** An estimate as it is written down, in seconds. */
export interface EstimateFacts {
  readonly seconds: Span
  readonly phases: Readonly<Record<string, Span | null>>
  readonly gpu: string
  readonly from: string
  readonly reason: string
}

/** An estimate for machines; dollars only at a price that somebody has named. */
export interface EstimateData extends EstimateFacts {
  readonly usd: (Span & { readonly source: string }) | null
}

/** What of an estimate is said to machines. */
export function estimateData(estimate: Estimate, price: Price | null): EstimateData {
  const facts = estimateFacts(estimate)
  return { ...facts, usd: price && usdOf(facts.seconds, price) }
}

/** What so many seconds cost. */
export function usdOf(seconds: Span, price: Price): NonNullable<EstimateData['usd']> {
  const cost = mapped(seconds, (value) => costOf(value * 1_000, price))
  return { ...rounded(cost, 2), source: sourceText(price) }
}

/** What of an estimate is written down. */
export function estimateFacts({ seconds, phases, basis }: Estimate): EstimateFacts {
  const spans = Object.entries(phases).map(([name, span]) => [name, span && rounded(span as Span, 1)] as const)
  return {
    seconds: rounded(seconds, 1),
    phases: Object.fromEntries(spans),
    gpu: basis.gpu,
    from: basis.from,
    reason: reasonText(basis),
  }
}

function rounded(span: Span, digits: number): Span {
  return mapped(span, (value) => Math.round(value * 10 ** digits) / 10 ** digits)
}

function mapped({ low, mid, high }: Span, change: (value: number) => number): Span {
  return { low: change(low), mid: change(mid), high: change(high) }
}
