import { inputDigests } from '../config/input-digests.ts'
import { parsePrompts, unreadablePrompts } from '../config/read-prompts.ts'
import type { Settings } from '../config/settings-types.ts'
import type { Templates } from '../domain/bindings.ts'
import { jobIdsWith } from '../domain/ids.ts'
import { makePlan } from '../domain/make-plan.ts'
import type { Plan } from '../domain/plan.ts'
import { counted } from '../domain/wording.ts'
import { type Problem, PromptRunnerError } from '../errors.ts'
import { problemsOf } from './check-plans.ts'

/**
 * Reads and plans every prompt file. Throws one error with every problem of every file, in the order of the files: PR_PROMPT_FILE
 * when one cannot be read, else PR_PLAN.
 */
export async function planPrompts(settings: Settings, templates: Templates): Promise<Plan[]> {
  const { prompts, problems, files } = await parsePrompts(settings.prompts)
  const own = settings.workflows === null ? null : templates
  const plans: Plan[] = []
  const failures: PromptRunnerError[] = []
  const problemsOfPlans: Problem[] = []
  for (const prompt of prompts) {
    try {
      plans.push(makePlan(prompt, settings.plan, jobIdsWith(await inputDigests(prompt, own))))
    } catch (error) {
      if (!(error instanceof PromptRunnerError)) throw error
      failures.push(error)
      problemsOfPlans.push(...problemsOf(error, prompt.file))
    }
  }
  if (problems.length > 0) throw unreadablePrompts(files, [...problems, ...problemsOfPlans])
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) {
    throw new PromptRunnerError('PR_PLAN', `No plan can be made for ${counted(failures.length, 'video')}.`, {
      problems: problemsOfPlans,
    })
  }
  return plans
}
