import { readPrompts } from '../config/read-prompts.ts'
import type { Settings } from '../config/settings-types.ts'
import { loadTemplates } from '../config/templates.ts'
import { makePlan } from '../domain/plan.ts'
import { jobId } from '../orchestrator/ids.ts'
import { planTable } from '../report/plan-table.ts'
import type { Output } from './output.ts'
import { validateRun } from './validate-run.ts'

export interface SessionOptions {
  readonly settings: Settings
  readonly output: Output
  readonly signal: AbortSignal
}

/** Plans every prompt file, checks all graphs before the first is sent, then runs or rehearses them. Returns the exit code. */
export async function runSession({ settings, output, signal }: SessionOptions): Promise<number> {
  const [prompts, templates] = await Promise.all([readPrompts(settings.prompts), loadTemplates(settings.workflows)])
  const plans = prompts.map((prompt) => makePlan(prompt, settings.plan, jobId))
  for (const plan of plans) output.info(planTable(plan).join('\n'))
  validateRun(plans, templates)
  if (settings.run.validateOnly) {
    const jobs = plans.reduce((sum, plan) => sum + plan.renderJobs.length + plan.combineJobs.length, 0)
    output.print(
      `Valid: ${plans.length} prompt file${plans.length === 1 ? '' : 's'}, ${jobs} jobs, bindings and workflows. Nothing was run.`,
    )
    output.result({ ok: true, plans })
    return 0
  }
  const session = { settings, output, signal, plans, templates }
  if (settings.dryRun.enabled) {
    const { rehearse } = await import('./dry-run.ts')
    return rehearse(session)
  }
  const { runLive } = await import('./live-run.ts')
  return runLive(session)
}
