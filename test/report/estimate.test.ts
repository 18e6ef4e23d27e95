import { expect, it } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { PromptRunnerError } from '../../src/errors.ts'
import { createTally, type RunTally } from '../../src/report/run-tally.ts'
import { makeSummary } from '../../src/report/summary.ts'
import { summaryText } from '../../src/report/summary-text.ts'
import { planOf } from '../support/plans.ts'

const started: RunEvent = { kind: 'video-started', at: 1, video: 'otter', plan: planOf('otter'), skipped: [] }

function tallyOf(...events: RunEvent[]): RunTally {
  const { add, tally } = createTally()
  add({ kind: 'run-started', at: 1, runId: 'id', runName: 'calm-otter', dryRun: false, videos: ['otter'] })
  for (const event of events) add(event)
  return tally()
}

const span = (mid: number) => ({ low: mid * 0.9, mid, high: mid * 1.2 })
const estimate = (mid: number, from = 'profile'): RunEvent => ({
  kind: 'estimate',
  at: 1,
  seconds: span(mid),
  phases: {},
  gpu: 'RTX 4090',
  from,
  reason: 'RTX 4090, profile ComfyUI fp8',
})

it('compares a live run that is done with what was estimated before its first job', () => {
  const ended: RunEvent = { kind: 'run-finished', at: 786_001, ok: true }
  const price: RunEvent = { kind: 'price', at: 1, price: { perHour: 0.69, from: 'given', at: 0 }, before: 0 }
  const tally = tallyOf(estimate(756), price, started, estimate(790, 'this run'), ended)
  const summary = makeSummary(tally, { dryRun: false, folder: null, failures: [], rehearsal: null })
  expect(summary.estimate).toEqual({
    seconds: span(790),
    phases: {},
    gpu: 'RTX 4090',
    from: 'this run',
    reason: 'RTX 4090, profile ComfyUI fp8',
    usd: { low: 0.14, mid: 0.15, high: 0.18, source: '--price' },
    first_seconds: 756,
    took_seconds: 786,
  })
  expect(summaryText(summary)).toContain('estimated 12.6 min (13.2 min after two steps), took 13.1 min (+4 %)')
})

it('compares nothing where a run is no measure of an estimate', () => {
  const failure = new PromptRunnerError('PR_COMFY_FAILED', 'out of memory')
  const tally = tallyOf(estimate(756), started)
  const took = (dryRun: boolean, failures: PromptRunnerError[]) =>
    makeSummary(tally, { dryRun, folder: null, failures, rehearsal: null }).estimate?.took_seconds
  expect([took(true, []), took(false, [failure])]).toEqual([null, null])
})
