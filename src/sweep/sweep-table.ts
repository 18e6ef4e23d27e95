import { parseFault } from '../network/faults/grammar/parse-fault.ts'
import { printAction } from '../network/faults/grammar/print-fault.ts'
import type { Outcome, Tried } from './try-fault.ts'

/** What came of all trials, or of those of one fault. */
export interface SweepCount {
  readonly fault: string
  readonly tried: number
  readonly itself: number
  readonly resumed: number
  /** It never came to its end, hung, broke, or only said that it was done. */
  readonly lost: number
  readonly paidTwice: number
  /** Minutes that all of them took longer than the clean run. */
  readonly minutesMore: number
}

/** Counts by fault, wherever it happened, in the order of the trials. */
export function countByFault(all: readonly Tried[]): SweepCount[] {
  const groups = Map.groupBy(all, ({ fault }) => nameOf(fault))
  return [...groups].map(([fault, tried]) => countAll(fault, tried))
}

/** Counts all of them together. */
export function countAll(fault: string, all: readonly Tried[]): SweepCount {
  const count = (...outcomes: readonly Outcome[]) => all.filter(({ outcome }) => outcomes.includes(outcome)).length
  return {
    fault,
    tried: all.length,
    itself: count('itself'),
    resumed: count('resumed'),
    lost: count('lost', 'hung', 'crashed', 'false-success'),
    paidTwice: all.reduce((sum, { paidTwice }) => sum + paidTwice, 0),
    minutesMore: all.reduce((sum, { minutesMore }) => sum + minutesMore, 0),
  }
}

/** The table as lines of text. Minutes count where there is a pod, and money where its price (in dollars an hour) is known. */
export function sweepTable(
  all: readonly Tried[],
  { hasPod, price }: { hasPod: boolean; price: number | null },
): string[] {
  const counts = [...countByFault(all), countAll('all', all)]
  const columns: ReadonlyArray<readonly [title: string, cell: (count: SweepCount) => string]> = [
    ['tried', ({ tried }) => String(tried)],
    ['by itself', ({ itself }) => String(itself)],
    ['by resume', ({ resumed }) => String(resumed)],
    ['lost', ({ lost }) => String(lost)],
    ['paid twice', ({ paidTwice }) => String(paidTwice)],
    ...(hasPod ? [['pod min', ({ minutesMore }: SweepCount) => minutesMore.toFixed(1)] as const] : []),
    ...(hasPod && price !== null
      ? [['dollars', ({ minutesMore }: SweepCount) => ((minutesMore / 60) * price).toFixed(2)] as const]
      : []),
  ]
  const rows = [['fault', ...columns.map(([title]) => title)]]
  for (const count of counts) rows.push([count.fault, ...columns.map(([, cell]) => cell(count))])
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
  )
}

/** A fault without the event that it happens at. */
function nameOf(spec: string): string {
  const { after, do: action, times } = parseFault(spec)
  return `${after ? 'after: ' : ''}${printAction(action)}${times === 'always' ? ', always' : ''}`
}
