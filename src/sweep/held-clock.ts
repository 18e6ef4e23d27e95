import { once } from 'node:events'
import type { Clock } from '../simulators/simulator.ts'
import type { Lane } from '../simulators/virtual-clock.ts'

/** A clock that can be held: who sleeps then sleeps on until it is let go. */
export interface HeldClock extends Clock {
  /** A lane of the clock, which is held with it. */
  lane(): Lane
  hold(): void
  letGo(): void
}

/** The same time, which stands still while it is held. */
export function heldClock(clock: Clock & { lane(): Lane }): HeldClock {
  let held: PromiseWithResolvers<void> | null = null
  const sleepOn =
    ({ sleep }: Clock): Clock['sleep'] =>
    async (ms, signal) => {
      if (held) await Promise.race([held.promise, aborted(signal)])
      await sleep(ms, signal)
    }
  return {
    now: clock.now,
    sleep: sleepOn(clock),
    lane() {
      const lane = clock.lane()
      return { ...lane, sleep: sleepOn(lane) }
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
