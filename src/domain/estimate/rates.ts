import type { Forward } from './forward.ts'

/** How fast a machine does each part of a forward, in TFLOP a second of the formula: no machine's own figure. */
export type Rates = Forward

/** So many forwards that took so long. */
export interface TimedForwards {
  readonly forward: Forward
  readonly forwards: number
  readonly seconds: number
}

/** From this difference of attention's share on, two sizes tell the two rates apart. */
const APART = 0.1

/** Seconds that forwards take at such rates. */
export function secondsAt({ linear, attention }: Rates, forward: Forward, forwards: number): number {
  return forwards * (forward.linear / linear + forward.attention / attention)
}

/**
 * The rates by which what was timed would have taken as long as it took, give or take. Where all was about one size, attention is taken to run
 * `ratio` times as fast as the rest. Null where nothing was timed.
 */
export function fitRates(timed: readonly TimedForwards[], ratio: number): Rates | null {
  return ratesOfSizes(timed) ?? ratesOfOneSize(timed, ratio)
}

/** How much faster attention runs than the rest; null where all was about one size. */
export function ratioOf(timed: readonly TimedForwards[]): number | null {
  const rates = ratesOfSizes(timed)
  return rates && rates.attention / rates.linear
}

/** TFLOP a second, where all parts ran alike. */
function paces(timed: readonly TimedForwards[]): Forward[] {
  return timed.map(({ forward, forwards, seconds }) => ({
    linear: (forward.linear * forwards) / seconds,
    attention: (forward.attention * forwards) / seconds,
  }))
}

/** Least squares of the relative errors. */
function ratesOfSizes(timed: readonly TimedForwards[]): Rates | null {
  const seen = paces(timed)
  const shares = seen.map(({ linear, attention }) => attention / (linear + attention))
  if (shares.length < 2 || Math.max(...shares) - Math.min(...shares) < APART) return null
  const sum = (of: (pace: Forward) => number) => seen.reduce((total, pace) => total + of(pace), 0)
  const [x, y] = [sum(({ linear }) => linear), sum(({ attention }) => attention)]
  const xx = sum(({ linear }) => linear ** 2)
  const yy = sum(({ attention }) => attention ** 2)
  const xy = sum(({ linear, attention }) => linear * attention)
  const linear = (xx * yy - xy ** 2) / (x * yy - y * xy)
  const attention = (xx * yy - xy ** 2) / (y * xx - x * xy)
  return linear > 0 && attention > 0 && Number.isFinite(linear + attention) ? { linear, attention } : null
}

function ratesOfOneSize(timed: readonly TimedForwards[], ratio: number): Rates | null {
  const linear = median(paces(timed).map((pace) => pace.linear + pace.attention / ratio))
  return linear === null ? null : { linear, attention: linear * ratio }
}

/** The one in the middle; of two the mean. Null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}
