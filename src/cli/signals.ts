import { PromptRunnerError } from '../errors.ts'

const names = ['SIGINT', 'SIGTERM'] as const

/**
 * Runs `work` with a signal that the first SIGINT or SIGTERM aborts. The second one ends the process at once.
 * With `stopIsDone` a stop is how the work ends, and its result counts; else it is a PR_CANCELLED, whatever came of it.
 */
export async function withSignals<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { stopIsDone = false } = {},
): Promise<T> {
  const controller = new AbortController()
  const stop = (name: NodeJS.Signals) => {
    const cancelled = new PromptRunnerError('PR_CANCELLED', `the run was cancelled by ${name}`)
    if (controller.signal.aborted) process.exit(cancelled.exitCode)
    controller.abort(cancelled)
  }
  for (const name of names) process.on(name, stop)
  try {
    const result = await work(controller.signal)
    if (!stopIsDone) controller.signal.throwIfAborted()
    return result
  } catch (error) {
    // Whatever broke because of the abort is not the news; a run that ended in order knows its own name.
    throw controller.signal.aborted && !stopIsDone && !isCancelled(error) ? controller.signal.reason : error
  } finally {
    for (const name of names) process.off(name, stop)
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof PromptRunnerError && error.code === 'PR_CANCELLED'
}
