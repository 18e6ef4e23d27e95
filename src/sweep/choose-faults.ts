import { parseFault } from '../network/faults/grammar/parse-fault.ts'
import { printFault } from '../network/faults/grammar/print-fault.ts'
import { type FaultRow, faultTable } from './fault-table.ts'

/**
 * The faults that are worth trying in a run of which `seen` are the events, in canonical spelling. `kinds` are the numbers of jobs that
 * stand for all of their kind.
 */
export function chooseFaults(
  seen: readonly string[],
  kinds: readonly number[],
  table: readonly FaultRow[] = faultTable,
): string[] {
  const specs = table.flatMap(({ at, of, faults }) => {
    const pattern = patternOf(at)
    const jobOf = (event: string) => Number(pattern.exec(event)?.groups?.['job'])
    const found = seen.filter((event) => pattern.test(event))
    const chosen = {
      each: () => found,
      kinds: () => found.filter((event) => kinds.includes(jobOf(event))),
      last: () => kinds.flatMap((kind) => found.findLast((event) => jobOf(event) === kind) ?? []),
      first: () => found.slice(0, 1),
    }[of]()
    return chosen.flatMap((event) => faults.map((fault) => specOf(event, fault)))
  })
  return [...new Set(specs)]
}

function patternOf(at: string): RegExp {
  const words = at.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${words.replaceAll(/\bN\b/g, '(?<job>\\d+)').replaceAll('#', '\\d+').replaceAll('\\?', '\\S+')}$`)
}

function specOf(event: string, fault: string): string {
  const [, place = '', action] = /^((?:after |\d+th )*)(.*)$/.exec(fault)!
  return printFault(parseFault(`${place}${event}: ${action}`))
}
