import type { BuiltWorkflow } from '../domain/apply-bindings.ts'
import type { PromptRunnerError } from '../errors.ts'
import type { OpenPrompt } from '../state/run-state.ts'
import { graphDigest } from './adopt-prompt.ts'
import type { JobToRun } from './follow-prompt.ts'
import type { RestOfJob } from './rest-of-job.ts'
import { type RunContext, warn } from './run-context.ts'

/** The graphs that are sent for a job: all of it, or what is left of it after an attempt that had saved the costly part. */
export interface JobGraphs {
  /** What was sent as a prompt. */
  sentAs(open: OpenPrompt): BuiltWorkflow
  /** What to send as an attempt. */
  next(attempt: number): Promise<BuiltWorkflow>
  /** Whether a job that has failed so is to go on at once, with less than what has failed, or with more than what was refused. */
  goesOnAfter(error: PromptRunnerError, attempt: number): Promise<boolean>
}

/** The graphs of one job, of which `rest` is what may be left. */
export function jobGraphs(
  context: RunContext,
  { plan, job }: JobToRun,
  build: (attempt: number) => BuiltWorkflow,
  rest: RestOfJob,
): JobGraphs {
  /** Whether the latest that was sent was only the rest. */
  let isRest = false
  let isRefused = false
  return {
    sentAs({ attempt, graph }) {
      const left = rest.build(attempt)
      isRest = left !== null && graphDigest(left.graph) === graph
      return left !== null && isRest ? left : build(attempt)
    },
    async next(attempt) {
      const left = isRefused ? null : rest.build(attempt)
      isRest = left !== null && (await rest.isThere(attempt))
      if (left === null || !isRest) return build(attempt)
      const what = `job ${job.workflowNumber} goes on from the latent that it had saved: only decoding is done again`
      warn(context, what, plan.videoName)
      return left
    },
    async goesOnAfter({ code }, attempt) {
      isRefused ||= isRest && code === 'PR_COMFY_REJECTED'
      if (isRest || context.signal.aborted || context.closing.aborted) return isRest && isRefused
      if (isRefused || code !== 'PR_COMFY_FAILED' || rest.build(attempt + 1) === null) return false
      if (!(await rest.isThere(attempt + 1).catch(() => false))) return false
      // Decoding most often fails for want of memory: ComfyUI lets go what it holds.
      await context.clients.comfyui.free({ unloadModels: true, freeMemory: true }).catch(() => {})
      return true
    },
  }
}
