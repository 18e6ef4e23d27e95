import { expect, it } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { jobsToSkip } from '../../src/orchestrator/jobs-to-skip.ts'
import { noRun, reduceRunState } from '../../src/state/run-state.ts'
import { planOf } from '../support/plans.ts'
import { resultOf } from '../support/results.ts'

const plan = planOf('otter')
const at = 0
const video = 'otter'

function stateAfter(jobs: readonly number[]) {
  const events: RunEvent[] = [
    { kind: 'video-started', at, video, plan, skipped: [] },
    ...jobs.map(
      (workflow): RunEvent => ({ kind: 'job-finished', at, video, workflow, result: resultOf(plan, workflow) }),
    ),
  ]
  return events.reduce(reduceRunState, noRun).videos[video]!
}
const skipped = (...args: Parameters<typeof jobsToSkip>) => [...jobsToSkip(...args).keys()]

it('skips what was done, whatever became of its files and of what it was made from', () => {
  expect(skipped(plan, stateAfter([1, 2, 3]))).toEqual([1, 2, 3])
  expect(skipped(plan, stateAfter([3, 4]))).toEqual([3, 4])
  expect(skipped(plan, undefined)).toEqual([])
})

it('does again what is planned differently', () => {
  expect(skipped(planOf('otter', 120, { positivePrompt: 'Another.' }), stateAfter([1, 2, 3, 4]))).toEqual([])
})
