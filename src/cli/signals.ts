import { constants } from 'node:os'
import { PromptRunnerError } from '../errors.ts'

/** A terminal that goes away says so with SIGHUP; what runs in it has to end in order all the same. */
const names = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

/** Time to print the news before a process that something keeps busy is ended, in milliseconds. */
const GRACE = 250

/** What work has to do with signals. */
export interface Stop {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, with a PR_CANCELLED as its reason; of a work in steps by its second Ctrl-C. */
  readonly signal: AbortSignal
  /** Aborted by the first Ctrl-C of a work in steps: what has begun is finished, and nothing else is begun. */
  readonly closing: AbortSignal
  /**
   * To be called before the first thing that must not be left half done. Until then a stop ends the program at once,
   * whatever hangs; from then on the work itself has to follow `signal`. With `onPress` it is a work in steps, which Ctrl-C ends in
   * three: it closes, it is aborted, the program ends at once. Throws when a stop has come already.
   */
  readonly endInOrder: (onPress?: OnPress) => void
}

/** Says what a Ctrl-C does, and what the next one would do. */
export type OnPress = (press: 'close' | 'abort' | 'leave') => void

/**
 * Runs `work`, which the first SIGINT, SIGTERM or SIGHUP stops, and the second one ends at once. What is thrown in an event or a
 * timer meanwhile is thrown from here.
 * With `stopIsDone` a stop is how the work ends, and its result counts; else it is a PR_CANCELLED, whatever came of it.
 */
export async function withSignals<T>(work: (stop: Stop) => Promise<T>, { stopIsDone = false } = {}): Promise<T> {
  const controller = new AbortController()
  const { signal } = controller
  const closing = new AbortController()
  const early = Promise.withResolvers<never>()
  let isInOrder = false
  let onPress: OnPress | null = null
  let isEnding = false
  const end = (error: unknown, exitCode: number) => {
    isEnding = true
    early.reject(error)
    setTimeout(() => process.exit(Math.max(Number(process.exitCode ?? 0), exitCode)), GRACE).unref()
  }
  const stop = (name: NodeJS.Signals) => {
    const cancelled = new PromptRunnerError('PR_CANCELLED', `the run was cancelled by ${name}`, {
      exit: 128 + constants.signals[name],
    })
    if (signal.aborted) {
      onPress?.('leave')
      process.exit(cancelled.exitCode)
    }
    // Only a person at the terminal presses once more.
    if (onPress && name === 'SIGINT') {
      const isFirst = !closing.signal.aborted
      onPress(isFirst ? 'close' : 'abort')
      if (isFirst) return closing.abort(cancelled)
    }
    controller.abort(cancelled)
    if (!isInOrder) end(cancelled, cancelled.exitCode)
  }
  // Thrown in an event or a timer, where nobody can catch it.
  const crash = (error: unknown) => end(error, 1)
  const endInOrder: Stop['endInOrder'] = (steps) => {
    signal.throwIfAborted()
    isInOrder = true
    onPress = steps ?? null
  }
  for (const name of names) process.on(name, stop)
  process.on('uncaughtException', crash)
  try {
    const result = await Promise.race([work({ signal, closing: closing.signal, endInOrder }), early.promise])
    if (!stopIsDone) signal.throwIfAborted()
    return result
  } catch (error) {
    // Whatever broke because of the abort is not the news.
    throw signal.aborted && !stopIsDone && !isNews(error) ? signal.reason : error
  } finally {
    for (const name of names) process.off(name, stop)
    // What else breaks in a process that is about to end is no news.
    if (!isEnding) process.off('uncaughtException', crash)
  }
}

/** A run that was cancelled in order knows its own name, and what goes on costing money is told whatever happens. */
function isNews(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isNews)
  return error instanceof PromptRunnerError && ['PR_CANCELLED', 'PR_POD', 'PR_MONEY'].includes(error.code)
}
