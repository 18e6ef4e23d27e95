import { pauseAfter } from '../domain/retry-policy.ts'
import { PromptRunnerError } from '../errors.ts'
import { type RunContext, warn } from './run-context.ts'

/**
 * Does `work`, and again up to `maxRetries` times while ComfyUI does not answer or its answer breaks off. Only for work
 * that may be done twice without harm. `video` and `doing` are for the warnings. Throws what the last attempt throws.
 */
export async function retryUnreachable<T>(
  context: RunContext,
  { video, doing }: { video: string | null; doing: string },
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error) || attempt > context.options.maxRetries || context.signal.aborted) throw error
      warn(context, `${error.message} (attempt ${attempt} of ${doing}, trying again)`, video)
      await waitForServer(context)
    }
  }
}

/** Waits until ComfyUI answers again, as long as the run has patience. */
export async function waitForServer({ clients, retries, signal }: RunContext): Promise<void> {
  // A server that hangs takes the question and says nothing, so a look must end by itself, too.
  const { pace } = clients
  const end = AbortSignal.any([signal, AbortSignal.timeout(pace.limit(retries.patience))])
  let left = retries.patience
  for (let failed = 1; left > 0 && !end.aborted; failed += 1) {
    const answers = await clients.comfyui.queueRemaining(end).then(
      () => true,
      () => false,
    )
    const pause = answers ? null : pauseAfter(retries.server, failed)
    if (pause === null) return
    await pace.pause(Math.min(pause, left), end).catch(() => {})
    left -= pause
  }
  signal.throwIfAborted()
}

function isPassing(error: unknown): error is PromptRunnerError {
  return error instanceof PromptRunnerError && error.code === 'PR_COMFY_UNREACHABLE'
}
