import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { madeFilm, type UploadTarget } from '../../src/orchestrator/made-film.ts'
import { noRun, reduceRunState, type VideoState } from '../../src/state/run-state.ts'
import { planOf } from '../support/plans.ts'
import { temporaryFolder } from '../support/rehearse.ts'

const plan = planOf('otter')
const another = planOf('otter', 120, { positivePrompt: 'Another.' })
const at = 0
const video = 'otter'
const BUCKET = { bucket: 'b', names: { film: 'n', manifest: 'm' } }
const stored = { bucket: 'b', name: 'n', size: 1, crc32c: 'c', md5: null, generation: '1' }
/** Of the empty file that the film is here. */
const EMPTY = 'AAAAAA=='
let folder: string
beforeEach(() => {
  folder = temporaryFolder({ 'film.mp4': '' })
})
const film = () => join(folder, 'film.mp4')

function stateAfter(...more: RunEvent[]): VideoState {
  const events: RunEvent[] = [{ kind: 'video-started', at, video, plan, skipped: [] }, ...more]
  return events.reduce(reduceRunState, noRun).videos[video]!
}
const kindOf = async (state: VideoState, target: UploadTarget | null, as = plan) =>
  (await madeFilm(as, state, target)).kind

/** The film lies here and is in the bucket, and so is its manifest. */
const uploaded = (): RunEvent[] => [
  { kind: 'film-downloaded', at, video, file: film(), bytes: 1, crc32c: EMPTY, frames: 120 },
  ...(['film', 'manifest'] as const).map(
    (role): RunEvent => ({ kind: 'upload-finished', at, video, role, object: { ...stored, name: BUCKET.names[role] } }),
  ),
]
const finished = (): RunEvent => ({ kind: 'video-finished', at, video, film: film(), frames: 120 })

it('finds a finished film although it is gone from here', async () => {
  const state = stateAfter(...uploaded(), finished())
  rmSync(film())
  expect(await madeFilm(plan, state, BUCKET)).toEqual({ kind: 'finished', film: film(), object: stored })
  // Without an upload it has to be here.
  expect(await madeFilm(plan, state, null)).toEqual({ kind: 'none' })
})

it('takes a film for finished whose run ended in its clean-up', async () => {
  expect(await kindOf(stateAfter(...uploaded()), BUCKET)).toBe('finished')
})

it.each<[string, () => RunEvent[], string]>([
  ['was to be uploaded and was not', () => uploaded().slice(0, 1), 'placed'],
  ['has no manifest', () => uploaded().slice(0, -1), 'uploaded'],
])('does not take a film for safe that %s', async (_, events, kind) => {
  const state = stateAfter(...events(), finished())
  expect([await kindOf(state, BUCKET), await kindOf(state, null)]).toEqual([kind, 'finished'])
})

it('does not take a film for uploaded that is somewhere else', async () => {
  const state = stateAfter(...uploaded(), finished())
  expect(await kindOf(state, { ...BUCKET, bucket: 'other' })).toBe('placed')
  expect(await kindOf(state, { ...BUCKET, names: { ...BUCKET.names, film: 'other' } })).toBe('placed')
  expect(await kindOf(state, { ...BUCKET, names: { ...BUCKET.names, manifest: 'other' } })).toBe('uploaded')
})

it.each([
  ['film', 'placed'],
  ['manifest', 'uploaded'],
])('does not take a %s for this one that was uploaded as planned before', async (role, kind) => {
  const [downloaded, ...uploads] = uploaded()
  const again: RunEvent[] = [{ kind: 'video-started', at, video, plan: another, skipped: [] }, downloaded!]
  const own = uploads.filter((event) => event.kind === 'upload-finished' && event.role !== role)
  const state = stateAfter(downloaded!, ...uploads, finished(), ...again, ...own, finished())
  expect(await kindOf(state, BUCKET, another)).toBe(kind)
})

it('does not take the film of an earlier plan for that of this one, whatever was done since', async () => {
  const again: RunEvent = { kind: 'video-started', at, video, plan: another, skipped: [] }
  const begun = stateAfter(...uploaded(), finished(), again)
  expect([await kindOf(begun, BUCKET, another), await kindOf(begun, null, another)]).toEqual(['none', 'none'])
  const state = stateAfter(...uploaded(), finished(), again, uploaded()[0]!, finished())
  expect([await kindOf(state, BUCKET, another), await kindOf(state, null, another)]).toEqual(['placed', 'finished'])
  expect(await kindOf(state, BUCKET)).toBe('finished')
})

it('does not take for the film what somebody has made of it', async () => {
  const state = stateAfter(uploaded()[0]!, finished())
  expect([await kindOf(state, BUCKET), await kindOf(state, null)]).toEqual(['placed', 'finished'])
  writeFileSync(film(), 'cut')
  expect([await kindOf(state, BUCKET), await kindOf(state, null)]).toEqual(['none', 'none'])
})

it('knows of no film of a video that is new', async () => {
  expect(await madeFilm(plan, undefined, BUCKET)).toEqual({ kind: 'none' })
})
