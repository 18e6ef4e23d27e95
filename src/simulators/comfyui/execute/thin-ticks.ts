import type { Tick } from './node-runner.ts'

/** comfy/utils.py, PROGRESS_THROTTLE_MIN_INTERVAL and PROGRESS_THROTTLE_MIN_PERCENT. */
const INTERVAL_MS = 100
const SHARE = 0.005

/** The ticks that a progress bar sends which does not send them all: the first, the last, those with a picture, and few between. */
export function thinTicks(ticks: readonly Tick[]): readonly Tick[] {
  let last: { readonly atMs: number; readonly value: number } | null = null
  return ticks.filter(({ atMs, progress, preview }) => {
    if (!progress) return true
    const [value, max] = [Number(progress.value), Number(progress.max)]
    const isDue = last === null || (atMs - last.atMs >= INTERVAL_MS && Math.abs(value - last.value) >= SHARE * max)
    if (!isDue && !preview && value < max) return false
    last = { atMs, value }
    return true
  })
}
