import { expect, it } from 'vitest'
import { readProfiles } from '../../../src/config/read-profiles.ts'
import { gatherTimes, ownCosts } from '../../../src/domain/estimate/own-times.ts'
import { fitRates, secondsAt } from '../../../src/domain/estimate/rates.ts'
import { jobsOf, type Plan } from '../../../src/domain/plan.ts'
import type { RunEvent } from '../../../src/domain/run-event.ts'
import { planOf } from '../../support/plans.ts'
import { resultOf } from '../../support/results.ts'

const { costs } = readProfiles()
const plan = planOf('otter', 202)
const STEP = 20

/** A run whose loads take 30 s the first and 6 s every other time, its text 4 s, its decode 8 s and each combine job 10 s. */
function run(change: { plan?: Plan; more?: readonly RunEvent[] } = {}): RunEvent[] {
  const used = change.plan ?? plan
  const jobs = jobsOf(used)
  const finished = jobs.map((job): RunEvent => {
    const { workflowNumber: workflow } = job
    const load = job.chunk.number === 1 ? 30_000 : 6_000
    const text = workflow === 1 ? 4_000 : 0
    const decode = job.kind === 'low' ? 8_000 : 1_000
    const phases = { load, text, sampling: 4 * STEP * 1_000, decode, steps: { count: 3, ms: 3 * STEP * 1_000 } }
    const result = resultOf(used, workflow, 'p', job.kind === 'combine' ? 10_000 : 100_000)
    return {
      kind: 'job-finished',
      at: 1,
      video: used.videoName,
      workflow,
      result: job.kind === 'combine' ? result : { ...result, phases },
    }
  })
  return [
    { kind: 'run-started', at: 0, runId: 'id', runName: 'calm-otter', dryRun: false, videos: [used.videoName] },
    { kind: 'server', at: 0, gpu: 'cuda:0 NVIDIA L40S', version: '0.3.64' },
    { kind: 'video-started', at: 0, video: used.videoName, plan: used, skipped: [] },
    ...finished,
    ...(change.more ?? []),
    { kind: 'run-finished', at: 500_000, ok: true },
  ]
}

function timesOf(events: readonly RunEvent[]) {
  const gathered = gatherTimes(true)
  for (const event of events) gathered.see(event)
  return gathered.times()
}

it('tells the steps of a run, and what else took its time', () => {
  const { gpu, dryRun, steps, costs: own } = timesOf(run())
  expect([gpu, dryRun, steps.length]).toEqual(['cuda:0 NVIDIA L40S', false, 4])
  const { forward } = steps[0]!
  expect(secondsAt(fitRates(steps.slice(0, 1), 1.5)!, forward, 1)).toBeCloseTo(STEP)
  const film = (2 * 101 * 480 * 848) / 1e6
  expect({ ...own, decode: own.decode.length, combine: own.combine.length }).toEqual({
    text: [4],
    coldLoad: [30, 30],
    warmLoad: [6, 6],
    decode: 2,
    combine: 2,
    // 500 s, of which the server had 4 × 100 and 2 × 10.
    transfer: [80 / film],
  })
})

it('takes a run that was held up for no measure of what is between its jobs', () => {
  const failed = { kind: 'job-failed', at: 1, video: 'otter', workflow: 1, code: 'PR_COMFY_HTTP', reason: '' } as const
  expect(timesOf(run({ more: [{ ...failed, attempt: 1, willRetry: true }] })).costs.transfer).toEqual([])
})

it('passes over what somebody has written into a journal', () => {
  const odd = { ...plan, width: 'wide', models: null } as unknown as Plan
  expect(timesOf(run({ plan: odd }))).toMatchObject({ steps: [], costs: { coldLoad: [] } })
  const oddChunk = { ...plan.chunks[0]!, renderFrames: Number.NaN }
  const passes = plan.passes.map(({ high, low }) => ({
    high: { ...high, chunk: oddChunk },
    low: { ...low, chunk: oddChunk },
  }))
  expect(timesOf(run({ plan: { ...plan, passes } })).steps).toEqual([])
})

it('costs what it has cost, from the least to the most, and what is not known what others say', () => {
  const own = ownCosts([timesOf(run()), timesOf(run())], costs)
  expect(own.coldLoad).toEqual({ low: 30, mid: 30, high: 30 })
  expect(own.transfer!.mid).toBeGreaterThan(0)
  expect(ownCosts([], costs)).toEqual(costs)
})
