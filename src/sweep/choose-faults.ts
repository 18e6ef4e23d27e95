import { parseFault } from '../network/faults/grammar/parse-fault.ts'
import { printFault } from '../network/faults/grammar/print-fault.ts'
import { type FaultRow, faultTable } from './fault-table.ts'

/** Faults to try, in canonical spelling. */
export interface ChosenFaults {
  readonly specs: readonly string[]
  /** How many are not tried, by the event that they would happen at, as the table names it. */
  readonly left: ReadonlyMap<string, number>
}

/**
 * The faults that are worth trying in a run of which `seen` are the events. `kinds` are the numbers of jobs that stand for all of their
 * kind. Of more than `most` as many are left out of each fault that happens at several events, evenly among those.
 */
export function chooseFaults(
  seen: readonly string[],
  kinds: readonly number[],
  most: number,
  table: readonly FaultRow[] = faultTable,
): ChosenFaults {
  const groups = table.flatMap(({ at, of, faults }) => {
    const pattern = patternOf(at)
    const jobOf = (event: string) => Number(pattern.exec(event)?.groups?.['job'])
    const found = seen.filter((event) => pattern.test(event))
    const chosen = {
      each: () => found,
      kinds: () => found.filter((event) => kinds.includes(jobOf(event))),
      last: () => kinds.flatMap((kind) => found.findLast((event) => jobOf(event) === kind) ?? []),
      first: () => found.slice(0, 1),
    }[of]()
    return faults.map((fault) => ({ at, specs: [...new Set(chosen.map((event) => specOf(event, fault)))] }))
  })
  const each = mostOfEach(
    groups.map(({ specs }) => specs.length),
    most,
  )
  const left = new Map<string, number>()
  const kept = groups.flatMap(({ at, specs }, turn) => {
    const gone = Math.max(0, specs.length - each)
    if (gone > 0) left.set(at, (left.get(at) ?? 0) + gone)
    return evenly(specs, each, turn)
  })
  return { specs: [...new Set(kept)], left }
}

/** Into how many of each group all of them have to be cut; at least one is left of each. */
function mostOfEach(sizes: readonly number[], most: number): number {
  const longest = Math.max(1, ...sizes)
  const fits = (each: number) => sizes.reduce((sum, size) => sum + Math.min(size, each), 0) <= most
  let each = longest
  while (each > 1 && !fits(each)) each -= 1
  return each
}

/** So many of them in their order, with gaps of one length; each `turn` begins elsewhere, so that every event has its turn. */
function evenly<T>(all: readonly T[], count: number, turn: number): readonly T[] {
  if (all.length <= count) return all
  const gap = all.length / count
  const picked = Array.from({ length: count }, (_, index) => (Math.floor(index * gap) + turn) % all.length)
  return picked.toSorted((a, b) => a - b).map((index) => all[index]!)
}

function patternOf(at: string): RegExp {
  const words = at.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${words.replaceAll(/\bN\b/g, '(?<job>\\d+)').replaceAll('#', '\\d+').replaceAll('\\?', '\\S+')}$`)
}

function specOf(event: string, fault: string): string {
  const [, place = '', action] = /^((?:after |\d+th )*)(.*)$/.exec(fault)!
  return printFault(parseFault(`${place}${event}: ${action}`))
}
