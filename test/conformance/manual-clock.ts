import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../src/simulators/simulator.ts'

/** A clock that stands still until it is told to go on: what sleeps wakes in the order of its time. */
export class ManualClock implements Clock {
  private at: number
  private sleepers: { due: number; wake: () => void }[] = []

  constructor(start: number) {
    this.at = start
  }

  now(): number {
    return this.at
  }

  sleep(ms: number): Promise<void> {
    const due = this.at + Math.max(0, Math.round(ms))
    return new Promise((wake) => this.sleepers.push({ due, wake }))
  }

  /** Lets time pass until nothing sleeps, `limit` milliseconds are over, or `until` holds. Returns whether it holds. */
  async pass(limit: number, until: () => boolean | Promise<boolean> = () => false): Promise<boolean> {
    const end = this.at + limit
    for (;;) {
      await setImmediate()
      if (await until()) return true
      const next = this.sleepers.toSorted((a, b) => a.due - b.due)[0]
      if (!next || next.due > end) {
        if (Number.isFinite(end)) this.at = Math.max(this.at, end)
        return false
      }
      this.sleepers = this.sleepers.filter((each) => each !== next)
      this.at = Math.max(this.at, next.due)
      next.wake()
    }
  }
}
