import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Clock } from './simulator.ts'

/**
 * A clock that only sleeping moves. `speed` is the share of real time that a sleep takes: 0 yields once and goes on,
 * 1 is as slow as the recorded server, 0.1 ten times as fast.
 */
export function virtualClock(startMs: number, speed: number): Clock {
  let now = Math.floor(startMs)
  return {
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      const duration = Math.max(0, Math.round(ms))
      if (speed > 0 && duration > 0) await setTimeout(duration * speed, undefined, signal ? { signal } : {})
      else await setImmediate()
      now += duration
    },
  }
}
