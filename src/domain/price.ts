/** What an hour costs, in USD, and who says so: no sum of money is ever shown without that. */
export interface Price {
  readonly perHour: number
  /** The user, or RunPod when it was asked. */
  readonly from: 'given' | 'runpod'
  /** When it was given or read, in epoch milliseconds. */
  readonly at: number
}

/** What so many milliseconds cost, in USD. */
export function costOf(ms: number, { perHour }: Pick<Price, 'perHour'>): number {
  return (ms / 3_600_000) * perHour
}

/** `$0.44/h (--price)`, `$0.79/h (RunPod, 2026-11-30)` */
export function priceText(price: Price): string {
  return `${rateText(price.perHour)}/h (${sourceText(price)})`
}

/** Who says so: `--price`, `RunPod, 2026-11-30`. */
export function sourceText({ from, at }: Pick<Price, 'from' | 'at'>): string {
  return from === 'given' ? '--price' : `RunPod, ${new Date(at).toISOString().slice(0, 10)}`
}

/** `$0.44`, `$0.125`: as many digits as there are, up to four, and two at least. */
export function rateText(dollars: number): string {
  return `$${dollars.toFixed(4).replace(/0{1,2}$/, '')}`
}

/** `$2.71`; what is less than a cent has more digits. */
export function dollarText(dollars: number): string {
  return dollars > 0 && dollars < 0.01 ? rateText(dollars) : `$${dollars.toFixed(2)}`
}
