import timers from 'node:timers/promises'
import type { Clock } from './simulator.ts'

/** The time of the world outside. */
export const realClock: Clock = {
  now: Date.now,
  async sleep(ms, signal) {
    await timers.setTimeout(ms, undefined, { signal })
  },
}

/** The time of one of several who work side by side, each with a server of its own. */
export interface Lane extends Clock {
  /** Begins to work: from now on no time goes by, for anybody, while nothing in this lane sleeps. */
  enter(): void
  leave(): void
}

/** Real milliseconds in which who works has come to a sleep. Who has not waits for something else than time. */
const LONGEST_WORK = 5_000

/**
 * A clock that only sleeping moves. `speed` is the share of real time that a sleep takes: 0 yields once and goes on,
 * 1 is as slow as the recorded server, 0.1 ten times as fast. Of several who sleep, who wakes first wakes first. Who sleeps for real
 * time when it is disposed never wakes, and keeps no process alive.
 */
export function virtualClock(startMs: number, speed: number): Clock & Disposable & { lane(): Lane } {
  let now = Math.floor(startMs)
  const end = new AbortController()
  const sleepers = new Set<Sleeper>()
  const atWork = new Set<{ asleep: number }>()
  /** Sleepers of no lane: whoever works may wait for them. */
  let outside = 0
  let isTurnComing = false
  let deadline: NodeJS.Timeout | undefined
  /** What takes no time is done before any goes by, or the one would lose time by what the other sleeps. */
  const isHeld = () => {
    if (outside > 0) return false
    const holding = [...atWork].filter(({ asleep }) => asleep === 0)
    if (holding.length === 0) return false
    deadline ??= setTimeout(() => {
      deadline = undefined
      for (const lane of holding) if (lane.asleep === 0) atWork.delete(lane)
      wakeSoon()
    }, LONGEST_WORK)
    return true
  }
  const wakeSoon = () => {
    if (isTurnComing || sleepers.size === 0) return
    isTurnComing = true
    setImmediate(() => {
      isTurnComing = false
      if (isHeld()) return
      clearTimeout(deadline)
      deadline = undefined
      const [next] = [...sleepers].toSorted((a, b) => a.at - b.at)
      if (!next) return
      sleepers.delete(next)
      now = Math.max(now, next.at)
      next.wake()
      wakeSoon()
    })
  }
  const sleepAtOnce = (at: number, signal: AbortSignal | undefined) =>
    new Promise<void>((awake, failed) => {
      const abort = () => {
        sleepers.delete(sleeper)
        failed(signal?.reason)
      }
      const sleeper = {
        at,
        wake() {
          signal?.removeEventListener('abort', abort)
          awake()
        },
      }
      signal?.addEventListener('abort', abort)
      sleepers.add(sleeper)
      wakeSoon()
    })
  const sleep = async (ms: number, signal?: AbortSignal) => {
    signal?.throwIfAborted()
    const duration = Math.max(0, Math.round(ms))
    const at = now + duration
    if (speed === 0 || duration === 0) return sleepAtOnce(at, signal)
    const either = signal ? AbortSignal.any([signal, end.signal]) : end.signal
    await timers.setTimeout(duration * speed, undefined, { signal: either }).catch((error) => {
      if (signal?.aborted) throw error
      return new Promise(() => {})
    })
    now = Math.max(now, at)
  }
  return {
    now: () => now,
    async sleep(ms, signal) {
      outside += 1
      await sleep(ms, signal).finally(() => {
        outside -= 1
      })
    },
    lane() {
      const own = { asleep: 0 }
      return {
        now: () => now,
        async sleep(ms, signal) {
          own.asleep += 1
          wakeSoon()
          await sleep(ms, signal).finally(() => {
            own.asleep -= 1
          })
        },
        enter: () => void atWork.add(own),
        leave() {
          atWork.delete(own)
          wakeSoon()
        },
      }
    },
    [Symbol.dispose]() {
      clearTimeout(deadline)
      end.abort()
    },
  }
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}
