import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Clock } from './simulator.ts'

/** The time of the world outside. */
export const realClock: Clock = {
  now: Date.now,
  async sleep(ms, signal) {
    await setTimeout(ms, undefined, { signal })
  },
}

/**
 * A clock that only sleeping moves. `speed` is the share of real time that a sleep takes: 0 yields once and goes on,
 * 1 is as slow as the recorded server, 0.1 ten times as fast. Who sleeps for real time when it is disposed never wakes, and keeps no
 * process alive.
 */
export function virtualClock(startMs: number, speed: number): Clock & Disposable {
  let now = Math.floor(startMs)
  const end = new AbortController()
  return {
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      const duration = Math.max(0, Math.round(ms))
      if (speed > 0 && duration > 0) {
        const either = signal ? AbortSignal.any([signal, end.signal]) : end.signal
        await setTimeout(duration * speed, undefined, { signal: either }).catch((error) => {
          if (signal?.aborted) throw error
          return new Promise(() => {})
        })
      } else await setImmediate()
      now += duration
    },
    [Symbol.dispose]: () => end.abort(),
  }
}
