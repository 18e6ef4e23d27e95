import { setTimeout } from 'node:timers/promises'
import type { Pace } from '../domain/pace.ts'
import type { Clock } from '../simulators/simulator.ts'

/** What is left of a limit of time. Everything in a rehearsal is answered within milliseconds, or by a fault never. */
const LIMIT = 1 / 75
/** Real milliseconds in which whatever is to happen in a rehearsal has happened. */
const LONG_ENOUGH = 250

/** The pace of a rehearsal on `clock`, which takes `speed` times as long as the time that goes by on it. */
export function rehearsalPace(clock: Clock, speed: number): Pace {
  return {
    pause: (ms, signal) => clock.sleep(ms, signal),
    async patience(ms, signal) {
      const real = speed > 0 ? ms * speed : Math.min(ms, LONG_ENOUGH)
      await setTimeout(real, undefined, { signal }).catch(() => signal?.throwIfAborted())
      if (speed === 0) await clock.sleep(ms, signal)
    },
    limit: (ms) => Math.ceil(ms * (speed > 0 ? speed : LIMIT)),
  }
}
