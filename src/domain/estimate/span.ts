/** A figure and between what it may lie. */
export interface Span {
  readonly low: number
  readonly mid: number
  readonly high: number
}

export const nothing: Span = { low: 0, mid: 0, high: 0 }

/** Both together, where both err together. */
export function plus(a: Span, b: Span): Span {
  return { low: a.low + b.low, mid: a.mid + b.mid, high: a.high + b.high }
}

/** So many times as much. */
export function times({ low, mid, high }: Span, factor: number): Span {
  return { low: low * factor, mid: mid * factor, high: high * factor }
}

/** A figure that may be off by such factors. */
export function around(mid: number, { low, high }: Spread): Span {
  return { low: mid * low, mid, high: mid * high }
}

/** Between which parts of a figure the truth may lie. */
export interface Spread {
  readonly low: number
  readonly high: number
}
