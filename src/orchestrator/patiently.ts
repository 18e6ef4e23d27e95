import { PromptRunnerError } from '../errors.ts'
import type { RunContext } from './run-context.ts'
import { waitForServer } from './wait-for-server.ts'
import { warn } from './warn.ts'

/**
 * Does `work`, and again up to `maxRetries` times while ComfyUI does not answer or its answer breaks off. Only for work
 * that may be done twice without harm. `video` and `doing` are for the warnings. Throws what the last attempt throws.
 */
export async function patiently<T>(
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

function isPassing(error: unknown): error is PromptRunnerError {
  return error instanceof PromptRunnerError && error.code === 'PR_COMFY_UNREACHABLE'
}
