import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'vitest'
import type { Plan } from '../../src/domain/plan.ts'
import type { Price } from '../../src/domain/price.ts'
import { planOf } from '../support/plans.ts'
import { at, broken, fails, heron, job, left, otter, pinned, runIn, type SmallRun, stateAfter } from './small-run.ts'
import { type SmallWorld, smallWorld } from './small-world.ts'

const price: Price = { perHour: 3_600_000, from: 'runpod', at: 0 }
const everything: SmallRun = { hasPod: true, options: { shutdown: 'force' }, terms: { price } }

it.each<[string, readonly Plan[], SmallRun, ((world: SmallWorld) => void)?]>([
  ['two-chunks', [otter], everything],
  ['kept', [otter, heron], { hasPod: true, options: { keepIntermediate: true, upload: false, shutdown: 'force' } }],
  ['budget-spent', [otter, heron], { ...everything, terms: { price, budget: 15 } }],
  ['deadline-near', [heron, otter], { ...everything, terms: { deadline: 17 } }],
  [
    'deadline-met-while-waiting',
    [heron],
    { ...everything, terms: { price, deadline: 10_000 } },
    (world) =>
      Object.assign(world, {
        told: () => {
          world.now += 20_000
          return [{ kind: 'progress', node: '10', value: 1, max: 4 }]
        },
      }),
  ],
  ['given-inputs', [{ ...otter, referenceImage: '/in/start.png', controlVideo: '/in/pose.mp4' }], {}],
  [
    'refused',
    [heron, { ...heron, videoName: 'otter' }],
    everything,
    (world) => Object.assign(world, { fault: at(/^submit/, fails(broken('PR_COMFY_REJECTED')), 2) }),
  ],
  [
    'connection-broken',
    [heron],
    everything,
    (world) => Object.assign(world, { fault: at(/^follow/, fails(broken('PR_COMFY_UNREACHABLE', 0)), 1, 2) }),
  ],
  [
    'answer-broken-for-good',
    [heron, otter],
    everything,
    (world) => Object.assign(world, { fault: at(/^follow/, fails(broken('PR_COMFY_HTTP'))) }),
  ],
  [
    'job-lost',
    [heron],
    {},
    (world) =>
      Object.assign(world, {
        fault: at(/^follow/, () => {
          world.history.clear()
          throw broken('PR_COMFY_LOST')
        }),
      }),
  ],
  [
    'cancelled',
    [heron, otter],
    everything,
    (world) =>
      Object.assign(world, {
        fault: at(/^follow/, () => {
          world.controller.abort(broken('PR_CANCELLED'))
          throw world.controller.signal.reason
        }),
      }),
  ],
  ['wrong-size', [heron], {}, (world) => Object.assign(world, { probed: () => ({ frames: 3, width: 7, fps: 15.98 }) })],
  [
    'video-unreadable',
    [heron],
    {},
    (world) => Object.assign(world, { fault: at(/^probe/, fails(broken('PR_FFMPEG'))) }),
  ],
  [
    'socket-refused',
    [heron],
    {},
    (world) => Object.assign(world, { fault: at(/^connect/, fails(broken('PR_COMFY_HTTP')), 1, 9) }),
  ],
  [
    'upload-fails',
    [heron],
    everything,
    (world) => Object.assign(world, { fault: at(/^store/, fails(broken('PR_UPLOAD'))) }),
  ],
  [
    'pod-stays',
    [heron],
    everything,
    (world) => Object.assign(world, { fault: at(/^pod stop/, fails(broken('PR_POD')), 1, 2) }),
  ],
  [
    'pod-stops-late',
    [heron],
    everything,
    (world) => Object.assign(world, { fault: at(/^pod stop/, fails(broken('PR_POD'))) }),
  ],
  [
    'pod-says-nothing',
    [heron],
    everything,
    (world) => Object.assign(world, { fault: at(/^pod (stop|info)/, fails(broken('PR_POD')), 2, 4) }),
  ],
  ['no-pod', [heron], { options: { shutdown: 'force' } }],
  [
    'output-missing',
    [heron],
    {},
    (world) =>
      Object.assign(world, {
        fault: at(/^follow/, () => {
          for (const [id, entry] of world.history) world.history.set(id, { ...entry, files: { 9: [] } })
        }),
      }),
  ],
  [
    'told',
    [heron],
    {},
    (world) =>
      Object.assign(world, {
        told: () => [
          { kind: 'queue', remaining: 3 },
          { kind: 'queue', remaining: 1 },
          { kind: 'started' },
          { kind: 'executing', node: '10' },
          { kind: 'progress', node: '10', value: 2, max: 4 },
          { kind: 'executing', node: '10.0.0.1' },
        ],
      }),
  ],
])('%s', async (name, plans, run, prepare) => {
  const world = smallWorld()
  prepare?.(world)
  await pinned(name, world, plans, run)
})

const kept: SmallRun = { options: { keepIntermediate: true } }
const gone =
  (...folders: string[]) =>
  (world: SmallWorld) => {
    for (const folder of folders) rmSync(join(world.folder, folder), { recursive: true, force: true })
  }

it.each<[string, Parameters<typeof left>[0], SmallRun?, ((world: SmallWorld) => void)?]>([
  ['after-prompt-3', job('job-started', 3)],
  ['after-job-3', job('job-finished', 3)],
  ['after-job-3-kept', job('job-finished', 3), kept],
  ['after-job-3-server-empty', job('job-finished', 3), {}, (world) => world.files.clear()],
  ['after-job-3-kept-server-empty', job('job-finished', 3), kept, (world) => world.files.clear()],
  ['after-job-2-copies-gone', job('job-finished', 2), {}, gone('videos', 'references')],
  ['after-job-5-server-empty', job('job-finished', 5), kept, (world) => world.files.clear()],
  ['after-job-6', job('job-finished', 6)],
  ['after-placing', (event) => event.kind === 'film-downloaded'],
  ['after-film', (event) => event.kind === 'upload-finished' && event.role === 'film'],
  ['after-manifest', (event) => event.kind === 'upload-finished' && event.role === 'manifest'],
  ['after-all', (event) => event.kind === 'video-finished'],
  [
    'copy-is-a-page',
    job('job-finished', 2),
    {},
    (world) => writeFileSync(join(world.folder, 'videos/otter_calm-wren_chunk_001.mp4'), '<!doctype html>'),
  ],
])('goes on %s', async (name, isLast, run, prepare) => {
  const { world, earlier } = await left(isLast, run)
  prepare?.(world)
  await pinned(name, world, [otter], { ...run, earlier })
})

it('asks for prompts that its journal does not tell of', async () => {
  const world = smallWorld()
  await runIn(world, [otter])
  const [first] = world.events
  Object.assign(world, { ...smallWorld(), history: world.history, files: world.files })
  await pinned('forgotten', world, [otter], { earlier: stateAfter([first!]) })
})

it('goes on with nothing of a plan that is another now', async () => {
  const { world, earlier } = await left(job('job-started', 3))
  const another = planOf('otter', 120, { positivePrompt: 'Another.' })
  world.queue.running.push(earlier.videos['otter']!.open[3]!.promptId)
  await pinned('another-plan', world, [another], { earlier })
})

it('refuses to render for a place that is taken', async () => {
  const { world, earlier } = await left((event) => event.kind === 'video-finished')
  await pinned('place-taken', world, [planOf('otter', 120, { positivePrompt: 'Another.' })], { earlier })
})
