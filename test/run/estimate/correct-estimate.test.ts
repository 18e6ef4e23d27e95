import { expect, it } from 'vitest'
import { readProfiles } from '../../../src/config/read-profiles.ts'
import { loadTemplates } from '../../../src/config/templates.ts'
import type { RunEvent } from '../../../src/domain/run-event.ts'
import { correctEstimate } from '../../../src/run/estimate/correct-estimate.ts'
import { estimateFilms } from '../../../src/run/estimate/estimate-films.ts'
import { filmWork } from '../../../src/run/estimate/film-work.ts'
import { planOf } from '../../support/plans.ts'

const templates = await loadTemplates(null)
const plan = planOf('otter', 404)
const work = filmWork({ plans: [plan], templates })
const estimated = estimateFilms(work, { gpu: 'RTX 4090', timed: null, otherwise: '' }, readProfiles)
const before = 'estimate' in estimated ? estimated.estimate : null

const step = (workflow: number, value: number, at: number, of = 4): RunEvent => ({
  kind: 'job-progress',
  at: at * 1_000,
  video: 'otter',
  workflow,
  node: '10',
  title: 'Sampler',
  step: value,
  of,
})
const start = (workflow: number): RunEvent => ({
  ...{ kind: 'job-started', at: 0, video: 'otter', workflow },
  ...{ promptId: 'p', attempt: 1, graph: '' },
})

function corrected(known: typeof before, events: readonly RunEvent[]) {
  const told: RunEvent[] = []
  const emit = correctEstimate((event) => told.push(event), { work, before: known, gpu: 'L40S', now: () => 7 })
  emit({ kind: 'video-started', at: 0, video: 'otter', plan, skipped: [] })
  for (const event of events) emit(event)
  return told.filter((event) => event.kind === 'estimate')
}

it('knows the pace after two steps, and says so once', () => {
  const steps = [1, 2, 3, 4].map((value) => step(1, value, 60 + value * 25))
  const estimates = corrected(before, [start(1), ...steps, start(2), step(2, 1, 300), step(2, 2, 340)])
  expect(estimates).toEqual([
    {
      kind: 'estimate',
      at: 7,
      seconds: expect.any(Object),
      phases: expect.any(Object),
      gpu: 'L40S',
      from: 'this run',
      reason: 'L40S, by the steps of this run',
    },
  ])
  const [{ phases, seconds }] = estimates as [(typeof estimates)[0]]
  // Four chunks of eight steps of 25 s; those with a reference picture take a little longer.
  expect(phases['sampling']!.mid).toBeGreaterThan(4 * 8 * 25)
  expect(phases['sampling']!.mid).toBeLessThan(4 * 8 * 25 * 1.08)
  // The first step came after 85 s, 25 of them its own; each expert is loaded from the disk once.
  expect(phases['load']!.mid).toBeCloseTo(2 * 60 + 6 * 7)
  expect(seconds.high / seconds.low).toBeLessThan(before!.seconds.high / before!.seconds.low)
})

it('is the first figure there is on a GPU that nobody knows', () => {
  const [estimate] = corrected(null, [start(1), step(1, 1, 50), step(1, 2, 60)])
  expect(estimate!.phases['sampling']!.mid).toBeGreaterThan(4 * 8 * 10)
})

it('is told by no single step, none of another prompt, and none of what combines', () => {
  expect(corrected(before, [start(1), step(1, 1, 50), start(1), step(1, 1, 90)])).toEqual([])
  expect(corrected(before, [start(1), step(1, 0, 0, 0), step(1, 0, 5, 0)])).toEqual([])
  expect(corrected(before, [start(9), step(9, 1, 50), step(9, 2, 60)])).toEqual([])
})
