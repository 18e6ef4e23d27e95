import type { Pace } from '../domain/pace.ts'

/** A timer that is set to more goes off at once: 24.8 days. */
const LONGEST_TIMER = 2 ** 31 - 1

/** Waits as long as it says. */
export const realPace: Pace = {
  pause: wait,
  patience: wait,
  limit: (ms) => ms,
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((over, aborted) => {
    signal?.throwIfAborted()
    const abort = () => {
      clearTimeout(timer)
      aborted(signal?.reason)
    }
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', abort)
        over()
      },
      Math.min(ms, LONGEST_TIMER),
    )
    signal?.addEventListener('abort', abort, { once: true })
  })
}
