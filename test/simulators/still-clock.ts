import type { Clock } from '../../src/simulators/simulator.ts'

/** A clock that stands until someone sleeps. Epoch milliseconds. */
export function stillClock(start = Date.parse('2026-11-23T12:00:00Z')): Clock {
  let now = start
  return {
    now: () => now,
    async sleep(ms) {
      now += ms
    },
  }
}
