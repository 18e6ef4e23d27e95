import { setTimeout } from 'node:timers/promises'
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
 * 1 is as slow as the recorded server, 0.1 ten times as fast. Of several who sleep, who wakes first wakes first. Who sleeps for real
 * time when it is disposed never wakes, and keeps no process alive.
 */
export function virtualClock(startMs: number, speed: number): Clock & Disposable {
  let now = Math.floor(startMs)
  const end = new AbortController()
  const sleepers = new Set<Sleeper>()
  let isTurnComing = false
  const wakeSoon = () => {
    if (isTurnComing || sleepers.size === 0) return
    isTurnComing = true
    setImmediate(() => {
      isTurnComing = false
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
  return {
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      const duration = Math.max(0, Math.round(ms))
      const at = now + duration
      if (speed === 0 || duration === 0) return sleepAtOnce(at, signal)
      const either = signal ? AbortSignal.any([signal, end.signal]) : end.signal
      await setTimeout(duration * speed, undefined, { signal: either }).catch((error) => {
        if (signal?.aborted) throw error
        return new Promise(() => {})
      })
      now = Math.max(now, at)
    },
    [Symbol.dispose]: () => end.abort(),
  }
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}
