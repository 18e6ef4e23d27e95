import { jobsOf } from '../domain/jobs-of.ts'
import type { Plan } from '../domain/plan-types.ts'
import type { RunContext } from './run-context.ts'
import { warn } from './warn.ts'

/** Makes a prompt cost nothing any more: takes it from the queue, or interrupts it. If that fails, it is a warning. */
export async function withdraw(context: RunContext, promptId: string): Promise<void> {
  const { comfyui } = context.clients
  await comfyui
    .deleteQueued([promptId])
    .then(() => comfyui.interrupt(promptId))
    .catch((failed: Error) => warn(context, `Prompt ${promptId} may still be running: ${failed.message}`))
}

/**
 * Withdraws prompts that an earlier part of the run left on the server for jobs that no plan has any more. Those of
 * planned jobs are dealt with by `runJob`.
 */
export async function withdrawUnplanned(context: RunContext, plans: readonly Plan[]): Promise<void> {
  const planned = new Map(plans.map((plan) => [plan.videoName, jobsOf(plan).length]))
  for (const [video, { open }] of Object.entries(context.earlier?.videos ?? {})) {
    for (const [workflow, { promptId }] of Object.entries(open)) {
      if (Number(workflow) > (planned.get(video) ?? 0)) await withdraw(context, promptId)
    }
  }
}

/** Does `work`. When the run is cancelled meanwhile, the prompt is withdrawn, or it would go on costing money. */
export async function orWithdraw<T>(context: RunContext, promptId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (context.signal.aborted) await withdraw(context, promptId)
    throw error
  }
}
