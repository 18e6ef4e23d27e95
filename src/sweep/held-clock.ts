import { once } from 'node:events'
import type { Clock } from '../simulators/simulator.ts'

/** A clock that can be held: who sleeps then sleeps on until it is let go. */
export interface HeldClock extends Clock {
  hold(): void
  letGo(): void
}

/** The same time, which stands still while it is held. */
export function heldClock(clock: Clock): HeldClock {
  let held: PromiseWithResolvers<void> | null = null
  return {
    now: clock.now,
    async sleep(ms, signal) {
      if (held) await Promise.race([held.promise, aborted(signal)])
      await clock.sleep(ms, signal)
    },
    hold() {
      held ??= Promise.withResolvers()
    },
    letGo() {
      held?.resolve()
      held = null
    },
  }
}

/** Never, or when nobody waits any more; the sleep then throws why. */
async function aborted(signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return new Promise(() => {})
  if (!signal.aborted) await once(signal, 'abort')
}
