/** Milliseconds. */
const GRACE = 10_000

/**
 * Aborts some seconds after the run does: of a prompt that is being sent the answer is waited for, since what the server has not
 * accepted yet it cannot be told to forget.
 */
export function afterGrace(signal: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const start = () => {
    timer = setTimeout(() => controller.abort(signal.reason), GRACE)
  }
  signal.addEventListener('abort', start, { once: true })
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      signal.removeEventListener('abort', start)
      clearTimeout(timer)
    },
  }
}
