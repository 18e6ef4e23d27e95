import { expect, it } from 'vitest'
import { promptId } from '../../../src/domain/ids.ts'
import { jobsOf, type Plan } from '../../../src/domain/plan.ts'
import type { RunEvent } from '../../../src/domain/run-event.ts'
import { leftOf } from '../../../src/run/estimate/film-work.ts'
import { noRun, reduceRunState } from '../../../src/state/run-state.ts'
import { planOf } from '../../support/plans.ts'
import { resultOf } from '../../support/results.ts'

const RUN = '5f0c3a54-6f5e-5a5e-9c3e-0d5b1a2c3d4e'
const [otter, heron] = [planOf('otter'), planOf('heron')]
const left = (plan: Plan, isToDo: ReturnType<typeof leftOf>) =>
  jobsOf(plan).flatMap((job) => (isToDo(job, plan) ? [job.workflowNumber] : []))

it('only what an earlier run has not done is left', () => {
  const done = jobsOf(otter).slice(0, 3)
  const events: RunEvent[] = [
    { kind: 'run-started', at: 0, runId: RUN, runName: 'calm-otter', dryRun: false, videos: ['otter'] },
    { kind: 'video-started', at: 0, video: 'otter', plan: otter, skipped: [] },
    ...done.map(({ jobId, workflowNumber: workflow }): RunEvent => {
      const result = resultOf(otter, workflow, promptId(RUN, jobId, 1))
      return { kind: 'job-finished', at: 1, video: 'otter', workflow, result }
    }),
  ]
  const earlier = events.reduce(reduceRunState, noRun)
  const isToDo = leftOf([otter, heron], earlier)
  expect(left(otter, isToDo)).toEqual([4, 5, 6])
  expect(left(heron, isToDo)).toEqual([1, 2, 3, 4, 5, 6])
  const other = planOf('otter', 120, { positivePrompt: 'Another otter.' })
  expect(left(other, leftOf([other], earlier))).toEqual([1, 2, 3, 4, 5, 6])
})

it('all of it is left of a new run', () => {
  expect(left(otter, leftOf([otter], null))).toEqual([1, 2, 3, 4, 5, 6])
})
