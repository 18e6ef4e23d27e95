import { expect, it } from 'vitest'
import { promptId } from '../../src/domain/ids.ts'
import { jobsOf } from '../../src/domain/plan.ts'
import { doneJobs } from '../../src/orchestrator/done-jobs.ts'
import type { VideoState } from '../../src/state/run-state.ts'
import { another, plan, started, stateAfter } from '../support/earlier-run.ts'
import { resultOf } from '../support/results.ts'

const [high] = jobsOf(plan)
const id = (attempt: number, jobId = high!.jobId) => promptId('run', jobId, attempt)
const DRAWN = '11111111-1111-4111-8111-111111111111'

it.each<[string, string, Partial<VideoState>, boolean]>([
  ['the first attempt', id(1), {}, true],
  ['an attempt that the journal lacks', id(3), {}, true],
  ['more attempts than it can lack', id(4), {}, false],
  ['an attempt after those under its number', id(8), { attempts: { 1: 5 } }, true],
  ['too many after those', id(9), { attempts: { 1: 5 } }, false],
  ['an attempt after those under its id', id(8), { attempts: { 1: 2, [high!.jobId]: 5 } }, true],
  ['another job', id(1, 'another'), {}, false],
  ['an id that was drawn by lot for this plan', DRAWN, {}, true],
  ['an id that was drawn by lot for another plan', DRAWN, { jobIds: { 1: 'another' } }, false],
])('knows a result by its prompt: %s', (_, prompt, state, isDone) => {
  const video = stateAfter(started()).videos['otter']!
  const done = { 1: resultOf(plan, 1, prompt) }
  expect([...doneJobs(plan, 'run', { ...video, ...state, done }).keys()]).toEqual(isDone ? [1] : [])
})

it('takes the result of no other kind of job, whatever its prompt', () => {
  const video = stateAfter(started(another)).videos['otter']!
  expect(doneJobs(plan, 'run', { ...video, done: { 1: resultOf(plan, 2, id(1)) } })).toEqual(new Map())
})
