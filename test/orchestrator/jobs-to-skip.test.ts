import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import type { JobResult, RunEvent } from '../../src/domain/run-event.ts'
import { isFinished, jobsToSkip } from '../../src/orchestrator/jobs-to-skip.ts'
import { noRun, reduceRunState } from '../../src/state/run-state.ts'
import { planOf } from '../support/plans.ts'
import { temporaryFolder } from '../support/rehearse.ts'

const plan = planOf('otter')
const at = 0
const video = 'otter'
const stored = { bucket: 'b', name: 'n', size: 1, crc32c: 'c', md5: null, generation: '1' }
let folder: string
beforeEach(() => {
  folder = temporaryFolder({ '2.mp4': '', '4.mp4': '', '6.mp4': '', 'film.mp4': '' })
})

/** The even jobs leave a local file: LOW and the last combine job do. */
const result = (workflow: number): JobResult => ({
  promptId: `p${workflow}`,
  outputs: {},
  files: workflow % 2 === 0 ? { video: join(folder, `${workflow}.mp4`) } : {},
  tookMs: 1,
})
function stateAfter(jobs: readonly number[], ...more: RunEvent[]) {
  const done = jobs.map(
    (workflow): RunEvent => ({ kind: 'job-finished', at, video, workflow, result: result(workflow) }),
  )
  const events: RunEvent[] = [{ kind: 'video-started', at, video, plan, skipped: [] }, ...done, ...more]
  return events.reduce(reduceRunState, noRun).videos[video]!
}
const finished = (): RunEvent => ({ kind: 'video-finished', at, video, film: join(folder, 'film.mp4'), frames: 120 })
const skipped = (...args: Parameters<typeof jobsToSkip>) => [...jobsToSkip(...args).keys()]

it('skips what was done', () => {
  expect(skipped(plan, stateAfter([1, 2, 3]), true)).toEqual([1, 2, 3])
  expect(skipped(plan, undefined, true)).toEqual([])
})

it('does again what lost its file, and all that depends on it', () => {
  rmSync(join(folder, '2.mp4'))
  expect(skipped(plan, stateAfter([1, 2, 3, 4, 5, 6]), true)).toEqual([1])
})

it('does again what is planned differently', () => {
  expect(skipped(planOf('otter', 120, { positivePrompt: 'Another.' }), stateAfter([1, 2, 3, 4]), true)).toEqual([])
})

it('leaves a finished video alone although its intermediate files are gone', () => {
  const uploaded: RunEvent = { kind: 'upload-finished', at, video, role: 'film', object: stored }
  const state = stateAfter([1, 2, 3, 4, 5, 6], uploaded, finished())
  for (const name of ['2.mp4', '4.mp4', '6.mp4', 'film.mp4']) rmSync(join(folder, name))
  expect([isFinished(plan, state, true), skipped(plan, state, true)]).toEqual([true, [1, 2, 3, 4, 5, 6]])
  // Without an upload the film has to be here, and it is not.
  expect([isFinished(plan, state, false), skipped(plan, state, false)]).toEqual([false, [1]])
})

it('does not take a film for safe that was to be uploaded and was not', () => {
  const state = stateAfter([1, 2, 3, 4, 5, 6], finished())
  expect([isFinished(plan, state, true), isFinished(plan, state, false)]).toEqual([false, true])
  expect(skipped(plan, state, true)).toEqual([1, 2, 3, 4, 5, 6])
})
