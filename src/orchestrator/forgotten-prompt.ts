import { promptId } from '../domain/ids.ts'
import type { Job, Plan } from '../domain/plan.ts'
import type { OpenPrompt } from '../state/run-state.ts'
import { promptState } from './adopt-prompt.ts'
import { retryUnreachable } from './retry.ts'
import type { RunContext } from './run-context.ts'

/** What was tried of a job that has to run. */
export interface Tried {
  readonly attempts: number
  readonly open: OpenPrompt | null
}

/**
 * Asks the server for prompts of a job that the journal of a resumed run does not know: their lines may be missing, and their ids
 * follow from run, job and attempt. Without that look they would be paid for again.
 */
export async function forgottenPrompt(context: RunContext, plan: Plan, job: Job, tried: Tried): Promise<Tried> {
  if (!context.earlier || tried.open) return tried
  const { clients, runId, signal } = context
  const found = { ...tried }
  for (;;) {
    const attempt = found.attempts + 1
    const id = promptId(runId, job.jobId, attempt)
    const state = await retryUnreachable(context, { video: plan.videoName, doing: `looking for prompt ${id}` }, () =>
      promptState(clients.comfyui, id, signal),
    )
    if (state === 'unknown') return found
    found.attempts = attempt
    if (state !== 'failed') found.open = { promptId: id, attempt, graph: '' }
  }
}
