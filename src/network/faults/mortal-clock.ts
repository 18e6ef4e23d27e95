import type { Clock } from '../../simulators/simulator.ts'

/** The time of one server, which a fault can stop or hold up. */
export interface MortalClock extends Clock {
  /** Nobody who sleeps wakes again: the server is dead, or its worker hangs. */
  stop(): void
  /** The next sleep begins when this has ended. */
  await(work: Promise<unknown>): void
}

/** A server's own view of a clock. What a server does, it does between two sleeps. */
export function mortalClock(clock: Clock): MortalClock {
  let isStopped = false
  let awaited: Array<Promise<unknown>> = []
  const unlessStopped = () => (isStopped ? new Promise<never>(() => {}) : undefined)
  return {
    now: clock.now,
    async sleep(ms, signal) {
      await Promise.all(awaited.splice(0))
      await clock.sleep(ms, signal)
      await unlessStopped()
    },
    stop() {
      isStopped = true
    },
    await(work) {
      awaited = [...awaited, work]
    },
  }
}
