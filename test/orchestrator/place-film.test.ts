import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { placeFilm } from '../../src/orchestrator/place-film.ts'
import { failure } from '../support/failure.ts'
import { filesIn, temporaryFolder } from '../support/folders.ts'

let folder: string
beforeEach(() => {
  folder = temporaryFolder({ 'final/.keep': '' })
})

const place = (bytes: string, wanted = 'otter.mp4', isResumed = false) => {
  writeFileSync(join(folder, 'from.mp4'), bytes)
  const film = { video: 'otter', runName: 'calm-wren', wanted, isResumed }
  return placeFilm(join(folder, 'from.mp4'), join(folder, 'final'), film)
}
const films = () =>
  Object.fromEntries(
    filesIn(join(folder, 'final'))
      .filter((name) => name !== '.keep')
      .map((name) => [name, readFileSync(join(folder, 'final', name), 'utf8')]),
  )

it('takes the next name when one is taken, and none for the very same film', async () => {
  expect(await place('one')).toBe(join(folder, 'final/otter.mp4'))
  expect(await place('one')).toBe(join(folder, 'final/otter.mp4'))
  expect(await place('two')).toBe(join(folder, 'final/otter_calm-wren.mp4'))
  expect(await place('three')).toBe(join(folder, 'final/otter_calm-wren-2.mp4'))
  expect(await place('two', 'otter_calm-wren.mp4')).toBe(join(folder, 'final/otter_calm-wren.mp4'))
  expect(films()).toEqual({ 'otter.mp4': 'one', 'otter_calm-wren.mp4': 'two', 'otter_calm-wren-2.mp4': 'three' })
})

it('makes no second copy for a run that died before it knew of the first', async () => {
  await place('one')
  expect(await place('one', 'otter_calm-wren.mp4', true)).toBe(join(folder, 'final/otter.mp4'))
  expect(await place('two', 'otter_calm-wren.mp4', true)).toBe(join(folder, 'final/otter_calm-wren.mp4'))
  expect(films()).toEqual({ 'otter.mp4': 'one', 'otter_calm-wren.mp4': 'two' })
})

it('takes the place that a run had taken when it died, and that of no other run', async () => {
  const taken = (runName: string) => `Here the film otter of the run ${runName} will be.\n`
  writeFileSync(join(folder, 'final/otter.mp4'), taken('bold-otter'))
  writeFileSync(join(folder, 'final/otter_calm-wren.mp4'), taken('calm-wren'))
  expect(await place('one', 'otter_calm-wren.mp4', true)).toBe(join(folder, 'final/otter_calm-wren.mp4'))
  expect(films()).toEqual({ 'otter.mp4': taken('bold-otter'), 'otter_calm-wren.mp4': 'one' })
})

it('lets no two films of one moment meet', async () => {
  const runs = Array.from({ length: 8 }, (_, run) => `run-${run}`)
  for (const run of runs) writeFileSync(join(folder, run), run)
  const places = runs.map((runName) =>
    placeFilm(join(folder, runName), join(folder, 'final'), {
      video: 'otter',
      runName,
      wanted: 'otter.mp4',
      isResumed: false,
    }),
  )
  expect((await Promise.all(places)).map((path) => readFileSync(path, 'utf8'))).toEqual(runs)
  expect(Object.keys(films()).length).toBe(8)
})

it('says where the film is when it cannot be placed', async () => {
  const from = join(folder, 'from.mp4')
  writeFileSync(from, 'one')
  const film = { video: 'otter', runName: 'calm-wren', wanted: 'otter.mp4', isResumed: false }
  expect(await failure(() => placeFilm(from, join(folder, 'nowhere'), film))).toEqual({
    code: 'PR_FILE',
    message: expect.stringContaining(`Placing the film otter.mp4 in ${folder}/nowhere failed: ENOENT`),
    hint: `The film is safe in ${from}; a resumed run goes on from there.`,
  })
})
