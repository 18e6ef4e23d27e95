import type { MissingPiece } from '../simulators/comfyui/offline/finding.ts'
import type { ConcernedJobs, PlanFinding } from './check-plans.ts'

/** Something that has to be put on the server, and all that waits for it. */
export interface NeededPiece extends MissingPiece {
  readonly neededBy: ReadonlyArray<NodePlace & { readonly jobs: readonly ConcernedJobs[] }>
}

interface NodePlace {
  readonly file: string
  readonly node: string
}

/** Everything that findings say is missing, each once. */
export function missingPieces(findings: readonly PlanFinding[]): NeededPiece[] {
  const lacking = findings.flatMap(({ missing, file, node, jobs = [] }) =>
    missing ? [{ missing, place: { file, node: node?.id ?? '', jobs } }] : [],
  )
  const groups = Map.groupBy(lacking, ({ missing }) => `${missing.kind} ${missing.name}`)
  return [...groups.values()].map((group) => ({ ...group[0]!.missing, neededBy: group.map(({ place }) => place) }))
}

/** `HIGH 1, 3, 5 of otter; LOW 2, 4, 6 … 1982 (991 jobs) of otter` */
export function jobsText(jobs: readonly ConcernedJobs[]): string {
  return jobs.map(({ video, kind, numbers }) => `${WORDS[kind]} ${numbersText(numbers)} of ${video}`).join('; ')
}

const WORDS = { high: 'HIGH', low: 'LOW', combine: 'combine' } as const
const SHOWN = 6

function numbersText(numbers: readonly number[]): string {
  if (numbers.length <= SHOWN) return numbers.join(', ')
  return `${numbers.slice(0, 3).join(', ')} … ${numbers.at(-1)} (${numbers.length} jobs)`
}
