import type { Templates } from '../domain/bindings.ts'
import type { Plan } from '../domain/plan.ts'
import { counted } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { type OfflineKnowledge, offlineServer } from '../simulators/comfyui/offline/check-graph.ts'
import type { MissingPiece } from '../simulators/comfyui/offline/finding.ts'
import { type ConcernedJobs, checkPlans, type PlanFinding } from './check-plans.ts'

/**
 * PR_INVALID_WORKFLOW with everything that a server of this `GET /object_info` would refuse in any job; null when it would run
 * them all. `server` names it for the message.
 */
export function invalidPlans(
  plans: readonly Plan[],
  templates: Templates,
  { objectInfo, server, ...known }: { objectInfo: string; server: string } & OfflineKnowledge,
): PromptRunnerError | null {
  const findings = checkPlans(plans, templates, offlineServer(objectInfo, known))
  if (findings.length === 0) return null
  return new PromptRunnerError(
    'PR_INVALID_WORKFLOW',
    `checking every job before the first found ${counted(findings.length, 'problem')}: ${server} would refuse them`,
    {
      hint: '`pr validate` lists all that is missing, and where it belongs',
      problems: findings.map(asProblem),
    },
  )
}

/** The value is part of the message already. */
function asProblem({ value: _, jobs, message, ...finding }: PlanFinding): PlanFinding {
  return { ...finding, message: jobs ? `${message}, in ${jobsText(jobs)}` : message }
}

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
