import type { Plan } from '../domain/plan.ts'
import { pauseAfter } from '../domain/retry-policy.ts'
import { isOverrunCode } from '../domain/spending.ts'
import type { ErrorCode } from '../errors.ts'
import { promptsToCancel } from './resume-decision.ts'
import { type RunContext, warn } from './run-context.ts'

/** Failures of a job whose prompt the run cancels itself. */
const cancels: readonly string[] = ['PR_CANCELLED', 'PR_JOB_TIMEOUT'] satisfies ErrorCode[]

/** Whether the run itself cancels the prompt of a job that fails so. */
export function isCancelled(code: string): boolean {
  return cancels.includes(code) || isOverrunCode(code)
}

/**
 * Makes a prompt cost nothing any more: it is taken from the queue, or interrupted when it runs. Tried several times, also by a run
 * that was cancelled; a failure of that is a warning. Gives whether the prompt was seen to have ended.
 */
export async function cancelPrompt(context: RunContext, promptId: string): Promise<boolean> {
  const { comfyui, pace } = context.clients
  for (let failed = 1; ; failed += 1) {
    try {
      await comfyui.deleteQueued([promptId])
      await comfyui.interrupt(promptId)
      return await seeItEnd(context, promptId)
    } catch (error) {
      const pause = pauseAfter(context.retries.cancel, failed)
      if (pause === null) {
        warn(context, `Prompt ${promptId} may still be running: ${(error as Error).message}`)
        return false
      }
      await pace.pause(pause)
    }
  }
}

/** A server may say yes and go on: an interrupt takes effect between two steps, and one without progress never does. */
async function seeItEnd(context: RunContext, promptId: string): Promise<boolean> {
  const { comfyui, pace } = context.clients
  for (let looks = 1; ; looks += 1) {
    const { running, pending } = await comfyui.queue()
    if (!running.includes(promptId) && !pending.includes(promptId)) return true
    const pause = pauseAfter(context.retries.obedience, looks)
    if (pause === null) {
      const state = running.includes(promptId) ? 'still runs' : 'still waits'
      warn(context, `Prompt ${promptId} was told to stop and ${state}: it goes on costing until the server obeys`)
      return false
    }
    await pace.pause(pause)
  }
}

/** Cancels what an earlier part of the run left on the server and the present plans have no use for. */
export async function cancelUnplanned(context: RunContext, plans: readonly Plan[]): Promise<void> {
  for (const { promptId } of promptsToCancel(plans, context.earlier)) await cancelPrompt(context, promptId)
}

/** A run that is cancelled before it has come to them leaves none of its earlier prompts behind either. */
export function cancelEarlier(context: RunContext): Promise<void> {
  return cancelUnplanned(context, [])
}
