import { expect, it } from 'vitest'
import type { FilmWork } from '../../../src/domain/estimate/film-time.ts'
import { timeLeft } from '../../../src/domain/estimate/time-left.ts'
import type { RunEvent } from '../../../src/domain/run-event.ts'
import { planOf } from '../../support/plans.ts'
import { resultOf } from '../../support/results.ts'

// Three chunks: HIGH and LOW 1 to 6, combine 7 to 9.
const plan = planOf('otter', 303)
const work: FilmWork = { plans: [plan], vace: true, isToDo: () => true }
const span = (mid: number) => ({ low: mid, mid, high: mid })
const estimate: RunEvent = {
  kind: 'estimate',
  at: 0,
  seconds: span(470),
  phases: {
    load: span(40),
    text: span(0),
    sampling: span(400),
    decode: span(0),
    combine: span(20),
    transfer: span(10),
  },
  gpu: 'RTX 4090',
  from: 'profile',
  reason: 'RTX 4090',
}
const where = (workflow: number) => ({ video: 'otter', workflow })
const started = (at: number, workflow: number): RunEvent => ({
  kind: 'job-started',
  at,
  ...where(workflow),
  promptId: 'p',
  attempt: 1,
  graph: 'g',
})
const finished = (at: number, workflow: number, tookMs: number): RunEvent => ({
  kind: 'job-finished',
  at,
  ...where(workflow),
  result: resultOf(plan, workflow, 'p', tookMs),
})
const step = (at: number, number: number): RunEvent => ({
  kind: 'job-progress',
  at,
  ...where(1),
  node: '10',
  title: 'Sampler',
  step: number,
  of: 4,
})

function seen(events: readonly RunEvent[], of: FilmWork = work) {
  const left = timeLeft(of)
  for (const event of events) left.see(event)
  return (now: number) => {
    const ms = left.ms(now)
    return ms === null ? null : Math.round(ms / 1_000)
  }
}

it('knows nothing without an estimate', () => {
  expect(seen([started(0, 1)])(5_000)).toBeNull()
})

it('is the estimate before the first job, and less by what has gone by', () => {
  expect(seen([estimate])(0)).toBe(470)
  expect(seen([estimate, started(0, 1)])(30_000)).toBe(440)
})

const skipped = (...numbers: number[]): RunEvent => ({
  kind: 'video-started',
  at: 0,
  video: 'otter',
  plan,
  skipped: numbers,
})

/** What of the estimate falls to a job. */
const secondsOf = (workflow: number) => 470 - seen([estimate, skipped(workflow)])(0)!

it('falls to each job by what it computes, encodes and joins', () => {
  const all = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(secondsOf)
  expect(all.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(457)
  expect(all.slice(6)).toEqual([3, 7, 10])
  expect(seen([estimate, skipped(1, 2, 3, 4, 5, 6, 7, 8, 9)])(0)).toBe(10)
  const left: FilmWork = { ...work, isToDo: ({ workflowNumber }) => workflowNumber > 2 }
  expect(seen([estimate], left)(0)).toBe(470)
})

it('a job that takes longer than it was to take has at least its steps to do', () => {
  const slow = seen([estimate, started(0, 1), step(100_000, 1), step(150_000, 2)])
  expect(slow(150_000)).toBe(470 - secondsOf(1) + 100)
})

it('jobs after the first of their kind say how long the next ones take', () => {
  const twice = [finished(300_000, 1, 300_000), finished(420_000, 3, 2_000 * secondsOf(3))]
  const left = seen([estimate, ...twice])(420_000)!
  // Of LOW passes and of joining nothing was seen.
  expect(Math.abs(left - (470 - secondsOf(1) - secondsOf(3) + secondsOf(5)))).toBeLessThan(3)
})

it('nothing is left when its films are done', () => {
  expect(seen([estimate, { kind: 'video-finished', at: 9, video: 'otter', film: '/o.mp4', frames: 120 }])(9)).toBe(0)
})
