import { mkdir } from 'node:fs/promises'
import type { Plan } from '../domain/plan-types.ts'
import { PromptRunnerError } from '../errors.ts'
import type { RunState } from '../state/run-state.ts'
import { finishPod, meetPod } from './pod.ts'
import type { RunContext } from './run-context.ts'
import { runVideo } from './run-video.ts'

export interface RunOutcome {
  readonly ok: boolean
  readonly failed: ReadonlyArray<{ video: string; error: PromptRunnerError }>
}

/**
 * Runs every plan, one after the other. A video that fails stops, the next one goes on; a cancelled run stops altogether.
 * Errors that are not known failures are bugs and pass through.
 */
export async function orchestrate(
  context: RunContext,
  plans: readonly Plan[],
  earlier: RunState | null,
): Promise<RunOutcome> {
  const { emit, now, clients, signal } = context
  await Promise.all(context.layout.folders.map((folder) => mkdir(folder, { recursive: true })))
  await meetPod(context)
  await clients.comfyui.connect(signal)
  const failed: Array<{ video: string; error: PromptRunnerError }> = []
  try {
    for (const plan of plans) {
      try {
        await runVideo(context, plan, earlier?.videos[plan.videoName])
      } catch (thrown) {
        const error = signal.aborted ? cancelled(signal) : thrown
        if (!(error instanceof PromptRunnerError)) throw error
        const { code, message: reason, hint } = error
        emit({ kind: 'video-failed', at: now(), video: plan.videoName, code, reason, ...(hint ? { hint } : {}) })
        failed.push({ video: plan.videoName, error })
        if (signal.aborted) break
      }
    }
  } finally {
    await clients.comfyui.close()
  }
  const ok = failed.length === 0
  await finishPod(context, ok)
  emit({ kind: 'run-finished', at: now(), ok })
  return { ok, failed }
}

function cancelled(signal: AbortSignal): PromptRunnerError {
  return new PromptRunnerError('PR_CANCELLED', 'The run was cancelled; what is done is recorded', {
    hint: 'Go on with --resume and the name of the run.',
    cause: signal.reason,
  })
}
