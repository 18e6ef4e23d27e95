import { cutFrames } from '../cut-frames.ts'
import type { Plan } from '../plan.ts'
import { costOf, dollarText, type Price, priceText } from '../price.ts'
import { counted } from '../wording.ts'
import type { Basis } from './basis.ts'
import type { Estimate } from './estimate.ts'
import type { Span } from './span.ts'

/** An estimate in words: how long, why, at what price, and where the time goes. */
export function estimateText({ seconds, phases, basis }: Estimate, price: Price | null): string[] {
  const cost = price ? ` · ${costSpan(seconds, price)} at ${priceText(price)}` : ''
  const parts = Object.entries(phases).map(
    ([name, span]) => `${name} ${span === null ? 'not known' : lengthText((span as Span).mid)}`,
  )
  return [`${spanText(seconds)} on ${reasonText(basis)}${cost}`, parts.join(', ')]
}

/** `RTX 4090, profile ComfyUI fp8; your own runs will narrow it` */
export function reasonText({ from, gpu, name }: Pick<Basis, 'from' | 'gpu' | 'name'>): string {
  return `${gpu}, ${name}${from === 'profile' || from === 'recording' ? '; your own runs will narrow it' : ''}`
}

/** A row for each GPU, with the range and what it rests on; nothing of none. */
export function gpuTable(estimates: readonly Estimate[]): string[] {
  const rows = estimates.map(({ seconds, basis }) => [basis.gpu, spanText(seconds), basis.name])
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? []
  return rows.map(
    (row) =>
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}`,
  )
}

/** What the jobs that combine cost: each encodes the film so far anew. Null where that is no matter. */
export function combineText(plans: readonly Plan[], estimate: Estimate | null): string | null {
  const [longest] = plans.toSorted((a, b) => b.combineJobs.length - a.combineJobs.length)
  const jobs = longest?.combineJobs.length ?? 0
  if (!longest || jobs < MANY) return null
  const part = estimate && Math.round((estimate.phases.combine.mid / estimate.seconds.mid) * 100)
  const time = part ? `, ${part} % of the time` : ''
  const what = `${counted(jobs, 'job')} that combine encode ${longest.videoName} anew, the first chunk ${jobs} times${time}`
  const how = cutFrames(longest).length > 0 ? 'one encode' : 'no encode'
  return `${what}: cost grows with the square of the chunks, and each encode loses a little (29.8 to 21.9 dB after 24, in an imitation). \`--combine once\` spares the server that: ffmpeg joins the chunks here with ${how}`
}

/** From so many encodes on a loss can be seen. */
const MANY = 6

/** `11–15 min`, `40–55 s`, `3.1–4.2 h`: widened to whole figures, never narrowed. */
export function spanText({ low, high }: Span): string {
  const [unit, divisor] = unitOf(high)
  const digits = low / divisor < 10 ? 1 : 0
  const rounded = (value: number, round: (value: number) => number) =>
    String(round((value / divisor) * 10 ** digits) / 10 ** digits)
  const [from, to] = [
    rounded(low, (value) => Math.floor(value + 1e-9)),
    rounded(high, (value) => Math.ceil(value - 1e-9)),
  ]
  return `${from === to ? from : `${from}–${to}`} ${unit}`
}

/** `12.6 min`, `40 s`, `3.4 h` */
export function lengthText(seconds: number): string {
  const [unit, divisor] = unitOf(seconds)
  const value = seconds / divisor
  return `${Number(value.toFixed(value < 99.95 && divisor > 1 ? 1 : 0))} ${unit}`
}

/** `estimated 12.6 min, took 13.1 min (+4 %)`; `more` says something of the first figure. */
export function comparedText(estimated: number, took: number, more = ''): string {
  const error = Math.round((took / estimated - 1) * 100)
  return `estimated ${lengthText(estimated)}${more}, took ${lengthText(took)} (${error < 0 ? '' : '+'}${error} %)`
}

function unitOf(seconds: number): readonly [unit: string, divisor: number] {
  if (seconds < 120) return ['s', 1]
  return seconds < 7_200 ? ['min', 60] : ['h', 3_600]
}

/** `$0.16–0.26` */
export function costSpan({ low, high }: Span, price: Price): string {
  const [from, to] = [low, high].map((seconds) => costOf(seconds * 1_000, price))
  if (to! < 0.01) return dollarText(to!)
  const [least, most] = [from, to].map((dollars) => dollars!.toFixed(2))
  return least === most ? `$${most}` : `$${least}–${most}`
}
