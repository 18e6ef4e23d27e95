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
    const found = seen.filter((event) => {
      const job = pattern.exec(event)?.groups?.['job']
      return pattern.test(event) && (of !== 'kinds' || kinds.includes(Number(job)))
    })
    return (of === 'first' ? found.slice(0, 1) : found).flatMap((event) => faults.map((fault) => specOf(event, fault)))
  })
  return [...new Set(specs)]
}

function patternOf(at: string): RegExp {
  const words = at.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${words.replaceAll(/\bN\b/g, '(?<job>\\d+)').replaceAll('#', '\\d+')}$`)
}

function specOf(event: string, fault: string): string {
  const [, place = '', action] = /^((?:after |\d+th )*)(.*)$/.exec(fault)!
  return printFault(parseFault(`${place}${event}: ${action}`))
}
