import type { Templates } from '../domain/bindings.ts'
import type { Plan } from '../domain/plan.ts'
import { counted } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { offlineServer } from '../simulators/comfyui/offline/check-graph.ts'
import { checkPlans, type PlanFinding } from './check-plans.ts'
import { jobsText } from './missing-pieces.ts'

/**
 * PR_INVALID_WORKFLOW with everything that a server of this `GET /object_info` would refuse in any job; null when it would run
 * them all. `server` names it for the message.
 */
export function invalidPlans(
  plans: readonly Plan[],
  templates: Templates,
  { objectInfo, server }: { objectInfo: string; server: string },
): PromptRunnerError | null {
  const findings = checkPlans(plans, templates, offlineServer(objectInfo))
  if (findings.length === 0) return null
  return new PromptRunnerError(
    'PR_INVALID_WORKFLOW',
    `checking every job before the first found ${counted(findings.length, 'problem')}: ${server} would refuse them`,
    {
      hint: 'pr validate lists all that is missing, and where it belongs',
      problems: findings.map(asProblem),
    },
  )
}

/** The value is part of the message already. */
function asProblem({ value: _, jobs, message, ...finding }: PlanFinding): PlanFinding {
  return { ...finding, message: jobs ? `${message}, in ${jobsText(jobs)}` : message }
}
