import type { Pace } from '../domain/pace.ts'

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
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      over()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
