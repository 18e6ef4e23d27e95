import type { Settings } from '../../config/settings-types.ts'
import type { ApprovedPlan } from '../../domain/approval/plan-file.ts'
import { PromptRunnerError } from '../../errors.ts'
import { type Planned, planAll } from '../plan-all.ts'
import type { RunHost } from '../run-host.ts'

/**
 * Plans as `planAll` does. What somebody has approved a plan of has been there: where it cannot be read or planned any more, the plan is
 * stale, and PR_STATE says what has become of it.
 */
export async function planApproved(settings: Settings, host: RunHost, approved: ApprovedPlan | null): Promise<Planned> {
  try {
    return { ...(await planAll(settings, host)), approved }
  } catch (error) {
    if (approved === null || !(error instanceof PromptRunnerError) || error.code === 'PR_CANCELLED') throw error
    throw noLongerThere(approved, error)
  }
}

/** The same for what the settings of a plan name, such as a folder of templates that has moved. */
export function staleSettings(error: unknown, approved: ApprovedPlan | null, given: ReadonlySet<string>): unknown {
  if (approved === null || !(error instanceof PromptRunnerError) || error.problems.length === 0) return error
  const isOfPlan = ({ file }: { file: string }) =>
    approved.plan.options.some((word) => word.split('=')[0] === file) && !given.has(file.slice(2))
  return error.problems.every(isOfPlan) ? noLongerThere(approved, error) : error
}

function noLongerThere({ path }: ApprovedPlan, cause: PromptRunnerError): PromptRunnerError {
  const { code, message, problems } = cause
  const why = problems.length === 0 ? [{ file: code, message }] : problems
  return new PromptRunnerError(
    'PR_STATE',
    `the plan ${path} is stale: what it was made from cannot be planned any more, and nothing was run`,
    {
      problems: why,
      hint: 'put back what has moved or changed, or plan what there is now: `pr plan --help` says how',
      cause,
    },
  )
}
