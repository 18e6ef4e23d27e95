import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import type { JobResult, RunEvent } from '../../src/domain/run-event.ts'
import { finishedFilm, jobsToSkip, placedFilm } from '../../src/orchestrator/jobs-to-skip.ts'
import { noRun, reduceRunState } from '../../src/state/run-state.ts'
import { planOf } from '../support/plans.ts'
import { temporaryFolder } from '../support/rehearse.ts'

const plan = planOf('otter')
const at = 0
const video = 'otter'
/** Of the empty files here. */
const EMPTY = 'AAAAAA=='
const BUCKET = { bucket: 'b', names: { film: 'n', manifest: 'm' } }
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
  expect(skipped(plan, stateAfter([1, 2, 3]))).toEqual([1, 2, 3])
  expect(skipped(plan, undefined)).toEqual([])
})

it('does again what is planned differently', () => {
  expect(skipped(planOf('otter', 120, { positivePrompt: 'Another.' }), stateAfter([1, 2, 3, 4]))).toEqual([])
})

/** The film lies here and is in the bucket, and so is its manifest. */
const uploaded = (): RunEvent[] => [
  { kind: 'film-downloaded', at, video, file: film(), bytes: 1, crc32c: EMPTY, frames: 120 },
  ...(['film', 'manifest'] as const).map(
    (role): RunEvent => ({ kind: 'upload-finished', at, video, role, object: { ...stored, name: BUCKET.names[role] } }),
  ),
]
const film = () => join(folder, 'film.mp4')
const ALL = [1, 2, 3, 4, 5, 6]
const another = planOf('otter', 120, { positivePrompt: 'Another.' })

it('leaves a finished video alone although its intermediate files are gone', async () => {
  const state = stateAfter(ALL, ...uploaded(), finished())
  for (const name of ['2.mp4', '4.mp4', '6.mp4', 'film.mp4']) rmSync(join(folder, name))
  expect([await finishedFilm(plan, state, BUCKET), skipped(plan, state)]).toEqual([film(), ALL])
  // Without an upload the film has to be here, and it is not.
  expect(await finishedFilm(plan, state, null)).toBeNull()
})

it('takes a video for finished that ended in its clean-up', async () => {
  const state = stateAfter(ALL, ...uploaded())
  rmSync(join(folder, '2.mp4'))
  expect([await finishedFilm(plan, state, BUCKET), skipped(plan, state)]).toEqual([film(), ALL])
})

it.each<[string, () => RunEvent[]]>([
  ['was to be uploaded and was not', () => uploaded().slice(0, 1)],
  ['has no manifest', () => uploaded().slice(0, -1)],
])('does not take a film for safe that %s', async (_, events) => {
  const state = stateAfter(ALL, ...events(), finished())
  expect([await finishedFilm(plan, state, BUCKET), await finishedFilm(plan, state, null)]).toEqual([null, film()])
  expect(skipped(plan, state)).toEqual(ALL)
})

it('does not take a film for uploaded that is in another bucket', async () => {
  const state = stateAfter(ALL, ...uploaded(), finished())
  expect(await finishedFilm(plan, state, { ...BUCKET, bucket: 'other' })).toBeNull()
  expect(await finishedFilm(plan, state, { ...BUCKET, names: { ...BUCKET.names, manifest: 'other' } })).toBeNull()
  expect(await finishedFilm(plan, state, { ...BUCKET, names: { ...BUCKET.names, film: 'other' } })).toBeNull()
})

it.each(['film', 'manifest'] as const)(
  'does not take a %s for this one that was uploaded as planned before',
  async (role) => {
    const [downloaded, ...uploads] = uploaded()
    const again: RunEvent[] = [{ kind: 'video-started', at, video, plan: another, skipped: [] }, downloaded!]
    const own = uploads.filter((event) => event.kind === 'upload-finished' && event.role !== role)
    const state = stateAfter(ALL, downloaded!, ...uploads, finished(), ...again, ...own, finished())
    expect(await finishedFilm(another, state, BUCKET)).toBeNull()
  },
)

it('does not take the film of an earlier plan for that of this one, whatever was done since', async () => {
  const again: RunEvent[] = [
    { kind: 'video-started', at, video, plan: another, skipped: [] },
    uploaded()[0]!,
    finished(),
  ]
  const state = stateAfter(ALL, ...uploaded(), finished(), ...again)
  expect([await finishedFilm(another, state, BUCKET), await finishedFilm(another, state, null)]).toEqual([null, film()])
  expect(await finishedFilm(plan, state, BUCKET)).toBe(film())
})

it('does not take for the film what somebody has made of it', async () => {
  const state = stateAfter(ALL, uploaded()[0]!, finished())
  expect([await placedFilm(plan, state), await finishedFilm(plan, state, null)]).toEqual([film(), film()])
  writeFileSync(film(), 'cut')
  expect([await placedFilm(plan, state), await finishedFilm(plan, state, null)]).toEqual([null, null])
})
