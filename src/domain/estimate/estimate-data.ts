import { costOf, type Price, sourceText } from '../price.ts'
import type { Estimate } from './estimate.ts'
import { reasonText } from './estimate-text.ts'
import type { Span } from './span.ts'

/** An estimate for machines: snake_case, seconds, and dollars only at a price that somebody has named. */
export interface EstimateData {
  readonly seconds: Span
  readonly phases: Readonly<Record<string, Span | null>>
  readonly gpu: string
  readonly from: string
  readonly reason: string
  readonly usd: (Span & { readonly source: string }) | null
}

/** What of an estimate is written down. */
export function estimateData({ seconds, phases, basis }: Estimate, price: Price | null): EstimateData {
  const rounded = (span: Span, digits: number) =>
    mapped(span, (value) => Math.round(value * 10 ** digits) / 10 ** digits)
  return {
    seconds: rounded(seconds, 1),
    phases: Object.fromEntries(
      Object.entries(phases).map(([name, span]) => [name, span && rounded(span as Span, 1)] as const),
    ),
    gpu: basis.gpu,
    from: basis.from,
    reason: reasonText(basis),
    usd: price && {
      ...rounded(
        mapped(seconds, (value) => costOf(value * 1_000, price)),
        2,
      ),
      source: sourceText(price),
    },
  }
}

function mapped({ low, mid, high }: Span, change: (value: number) => number): Span {
  return { low: change(low), mid: change(mid), high: change(high) }
}
