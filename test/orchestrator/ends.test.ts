import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Plan } from '../../src/domain/plan.ts'
import { planOf } from '../support/plans.ts'
import { at, broken, fails, heron, job, left, otter, pinned, runIn, type SmallRun } from './small-run.ts'
import { type SmallWorld, smallWorld } from './small-world.ts'

const close = (world: SmallWorld) => () => world.closing.abort(broken('PR_CANCELLED'))

it.each([
  ['before-the-run', /^connect/],
  ['while-a-job-runs', /^follow/],
  ['while-the-last-job-runs', /^download .*combine_001/],
  ['while-the-film-is-stored', /^store/],
])('ends as soon as it may when it is closed %s', async (when, wanted) => {
  const world = smallWorld()
  world.fault = at(wanted, close(world))
  await pinned(`closed-${when}`, world, [heron, otter], { hasPod: true, options: { shutdown: 'force' } })
})

it('knows of a run that closes that what it waits for may break', async () => {
  const world = smallWorld()
  world.fault = at(/^follow/, () => {
    close(world)()
    throw broken('PR_COMFY_UNREACHABLE', 0)
  })
  await pinned('closed-and-broken', world, [heron])
})

it('names the folder that cannot be made', async () => {
  const world = smallWorld()
  writeFileSync(join(world.folder, 'latents'), 'a file')
  await pinned('no-folder', world, [heron], { hasPod: true })
})

it.each([
  ['connect', new TypeError('no luck')],
  ['pod info', new TypeError('no pod')],
  ['pod stop', new TypeError('no stop')],
])('lets a bug pass at %s', async (asked, bug) => {
  const world = smallWorld()
  world.fault = at(new RegExp(`^${asked}`), fails(bug))
  const run: SmallRun = { hasPod: true, options: { shutdown: 'force' } }
  await expect(runIn(world, [heron], run)).rejects.toThrow(bug.message)
})

it('sends anew what it took over and is not what was planned', async () => {
  const { world, earlier } = await left(job('job-finished', 3))
  const before = smallWorld()
  Object.assign(world, { told: before.told })
  // The server knows the prompt of LOW 4, which nobody has noted.
  await runIn(world, [otter], { earlier, options: { upload: false } })
  world.log.length = 0
  rmSync(join(world.folder, 'videos'), { recursive: true })
  rmSync(join(world.folder, 'final'), { recursive: true })
  world.fault = at(/^probe .*chunk_002.mp4$/, fails(broken('PR_OUTPUT_MISMATCH')))
  await pinned('taken-over-unreadable', world, [otter], { earlier })
})

it.each<[string, Plan, RegExp]>([
  ['sent', { ...otter, referenceImage: '/in/start.png', controlVideo: '/in/pose.mp4' }, /^upload \/in/],
])('uploads the user’s files only where a chunk is %s', async (_, plan, wanted) => {
  const uploads = async (workflow: number) => {
    const world = smallWorld()
    const run = { options: { upload: false } }
    world.dies = job('job-finished', workflow)
    await expect(runIn(world, [plan], run)).rejects.toThrow('the machine died')
    const { stateAfter } = await import('./small-run.ts')
    const earlier = stateAfter(world.events)
    world.dies = () => false
    world.log.length = 0
    await runIn(world, [plan], { ...run, earlier })
    return world.log.filter((line) => wanted.test(line.slice(2))).length
  }
  expect([await uploads(1), await uploads(3), await uploads(4), await uploads(5)]).toEqual([2, 2, 0, 0])
})

it('renders again for a film that somebody has changed, and not over it', async () => {
  const { world, earlier } = await left((event) => event.kind === 'film-downloaded')
  appendFileSync(join(world.folder, 'final/otter.mp4'), 'changed')
  await pinned('film-changed', world, [otter], { earlier })
})

it('does not render for a place that somebody has taken', async () => {
  const { world, earlier } = await left(job('job-finished', 2))
  world.bucket.set('june/otter/calm-wren/otter.mp4', {
    bucket: 'films',
    name: 'x',
    size: 1,
    crc32c: 'a',
    md5: null,
    generation: '1',
  })
  await pinned('place-taken-by-another', world, [planOf('otter', 120, { positivePrompt: 'Another.' })], { earlier })
})

it('says what answered from the cache, and sends that again', async () => {
  const world = smallWorld()
  world.fault = at(/^follow/, () => {
    for (const [id, entry] of world.history) {
      const messages = [['execution_cached', { nodes: ['11'] }]] as const
      world.history.set(id, { ...entry, files: {}, messages })
    }
  })
  await pinned('answered-from-the-cache', world, [heron])
})

it.each([
  ['said', [['execution_cached', { nodes: ['4'] }]]],
  [
    'odd',
    [
      ['execution_cached', { nodes: 11 }],
      ['execution_success', { nodes: ['11'] }],
    ],
  ],
] as const)('does not take for cached what is %s otherwise', async (name, messages) => {
  const world = smallWorld()
  world.fault = at(/^follow/, () => {
    for (const [id, entry] of world.history) world.history.set(id, { ...entry, files: {}, messages })
  })
  await pinned(`not-cached-${name}`, world, [heron])
})

it('tells that a history entry says nothing', async () => {
  const world = smallWorld()
  world.fault = at(/^follow/, () => {
    for (const [id, entry] of world.history) world.history.set(id, { ...entry, files: {}, status: 'unsaid' })
  })
  await pinned('history-says-nothing', world, [heron])
})

it('keeps what cannot be deleted', async () => {
  const world = smallWorld()
  const copy = join(world.folder, 'videos/heron_calm-wren_chunk_001.mp4')
  world.fault = at(/^store .*manifest/, () => {
    rmSync(copy)
    mkdirSync(copy)
  })
  await pinned('not-deleted', world, [heron])
})

it('says which videos were not begun', async () => {
  const world = smallWorld()
  world.fault = at(/^follow/, fails(broken('PR_COMFY_HTTP')))
  await pinned('not-begun', world, [heron, otter, { ...heron, videoName: 'wren' }])
})
