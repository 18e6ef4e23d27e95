import { setTimeout as wait } from 'node:timers/promises'

/** Time for a request that moves no content, milliseconds: Google's library itself would wait for ever. */
export const ANSWER_TIMEOUT = 60_000

/**
 * Stops waiting for work that cannot be stopped itself: rejects with the signal's reason, or after `timeout` milliseconds.
 * What the work does after that is nobody's business any more.
 */
export async function interruptible<T>(work: Promise<T>, signal?: AbortSignal, timeout?: number): Promise<T> {
  const over = new AbortController()
  const stops = [signal && aborted(signal, over.signal), timeout && timedOut(timeout, over.signal)]
  try {
    return await Promise.race([work, ...stops.filter((stop) => typeof stop === 'object')])
  } finally {
    work.catch(() => {})
    over.abort()
  }
}

function aborted(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: over })
  })
}

async function timedOut(timeout: number, over: AbortSignal): Promise<never> {
  await wait(timeout, undefined, { signal: over })
  throw new Error(`no answer within ${timeout / 1000} seconds`)
}
