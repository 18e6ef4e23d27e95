import { expect, it } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { createTally } from '../../src/report/run-tally.ts'
import { makeSummary } from '../../src/report/summary.ts'
import { summaryText } from '../../src/report/summary-text.ts'
import { planOf } from '../support/plans.ts'

const pod: RunEvent = { kind: 'pod', at: 3, podId: 'p1', status: 'RUNNING', action: 'kept' }
const started: RunEvent[] = [
  { kind: 'run-started', at: 1, runId: 'id', runName: 'calm-otter', dryRun: false, videos: ['otter'] },
  { kind: 'video-started', at: 1, video: 'otter', plan: planOf('otter'), skipped: [] },
]

it('says what a live run has taken, at whose price', () => {
  const price = (from: 'given' | 'runpod', before: number): RunEvent => ({
    kind: 'price',
    at: 1,
    price: { perHour: 0.79, from, at: Date.UTC(2026, 10, 30) },
    before,
  })
  const end: RunEvent = { kind: 'run-finished', at: 785_001, ok: true }
  const said = (...events: RunEvent[]) => {
    const tally = tallyOf(...started, ...events, end)
    const summary = makeSummary(tally, { dryRun: false, folder: null, failures: [], rehearsal: null })
    return [...summaryText(summary).slice(1, -1), summary.spent, summary.price]
  }
  expect(said(price('runpod', 0), pod)).toEqual([
    '13:05 from start to end · $0.17 at $0.79/h (RunPod, 2026-11-30)',
    'Pod p1: RUNNING, kept · $0.79/h (RunPod, 2026-11-30)',
    { seconds: 785, usd: 0.17, usd_of_earlier_starts: 0 },
    { usd_per_hour: 0.79, source: 'RunPod, 2026-11-30' },
  ])
  expect(said(price('given', 1.2))).toEqual([
    '13:05 from start to end · $0.17 at $0.79/h (--price), and $1.20 of earlier starts',
    { seconds: 785, usd: 0.17, usd_of_earlier_starts: 1.2 },
    { usd_per_hour: 0.79, source: '--price' },
  ])
  expect(said(pod)).toEqual([
    '13:05 from start to end',
    'Pod p1: RUNNING, kept',
    { seconds: 785, usd: null, usd_of_earlier_starts: null },
    null,
  ])
})

function tallyOf(...events: RunEvent[]) {
  const { add, tally } = createTally()
  for (const event of events) add(event)
  return tally()
}
