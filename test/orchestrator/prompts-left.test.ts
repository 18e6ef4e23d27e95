import { expect, it } from 'vitest'
import type { PromptEvent } from '../../src/clients/clients.ts'
import { promptId } from '../../src/domain/ids.ts'
import { jobsOf } from '../../src/domain/plan.ts'
import { PromptRunnerError } from '../../src/errors.ts'
import { combineChunk } from '../../src/orchestrator/combine-chunk.ts'
import { failure } from '../support/failure.ts'
import { at, broken, contextOf, fails, heron, job, left, otter, pinned, stateAfter } from './small-run.ts'
import { type SmallWorld, smallWorld } from './small-world.ts'

const idOf = (workflow: number, attempt: number, plan = otter) =>
  promptId('run', jobsOf(plan)[workflow - 1]!.jobId, attempt)

/** What a run of `otter` left that died while it waited for the prompt of job 4; a world that knows that prompt as `state`. */
async function waiting(state: 'done' | 'running' | 'pending' | 'error' | 'unknown') {
  const { world, earlier } = await left(job('job-started', 4))
  const id = idOf(4, 1)
  const folder = 'prompt-runner/calm-wren/otter/chunk_002/attempt_1'
  const file = (filename: string) => ({ filename, subfolder: folder, type: 'output' as const })
  const files = { 11: [file('low_00001_.latent')], 16: [file('video_00001_.mp4')] }
  const entry = { promptId: id, status: 'success' as const, files, outputs: {}, messages: [] }
  const ends = () => world.history.set(id, entry)
  if (state === 'done') ends()
  if (state === 'error') world.history.set(id, { ...entry, status: 'error' })
  if (state === 'running' || state === 'pending') world.queue[state].push(id)
  return { world, earlier, ends, files, id, entry }
}

it.each(['done', 'running', 'pending', 'error', 'unknown'] as const)(
  'goes on with a prompt that is %s',
  async (state) => {
    const { world, earlier, ends } = await waiting(state)
    if (state === 'running' || state === 'pending') world.fault = at(/^follow/, ends)
    await pinned(`prompt-${state}`, world, [otter], { earlier })
  },
)

it('sends again a prompt of which one file is gone', async () => {
  const { world, earlier } = await waiting('done')
  world.fault = at(/^holds .*low_00001_.latent/, () =>
    world.files.delete('prompt-runner/calm-wren/otter/chunk_002/attempt_1/low_00001_.latent'),
  )
  await pinned('prompt-file-gone', world, [otter], { earlier })
})

it.each([
  ['interrupted', broken('PR_COMFY_INTERRUPTED')],
  ['failed', broken('PR_COMFY_FAILED')],
])('goes on with a prompt that has been %s since', async (name, error) => {
  const { world, earlier } = await waiting('done')
  world.fault = at(/^follow/, fails(error))
  await pinned(`prompt-${name}-since`, world, [otter], { earlier })
})

it('does not take a bug for an interrupt', async () => {
  const { world, earlier } = await waiting('done')
  world.fault = at(/^follow/, fails(Object.assign(new Error('a bug'), { code: 'PR_COMFY_INTERRUPTED' })))
  await expect(pinned('none', world, [otter], { earlier })).rejects.toThrow('a bug')
})

it('asks again for prompts that nobody has told of, and counts those that have failed', async () => {
  const { world, earlier, entry } = await waiting('unknown')
  const state = stateAfter([])
  const known = { ...state, videos: { ...state.videos, otter: { ...earlier.videos['otter']!, open: {}, sent: {} } } }
  for (const attempt of [2, 3]) world.history.set(idOf(4, attempt), { ...entry, status: 'error' })
  world.fault = at(/^history/, fails(broken('PR_COMFY_HTTP', 0)))
  await pinned('prompts-forgotten', world, [otter], { earlier: known })
})

/** The events of a prompt whose files are named while it runs. */
const named =
  (world: SmallWorld, ...nodes: string[]): SmallWorld['told'] =>
  (id) => {
    const { files } = world.history.get(id)!
    return Object.keys(files).flatMap((node): PromptEvent[] =>
      nodes.includes(node) || nodes.length === 0 ? [{ kind: 'executed', node, output: null, files: files[node]! }] : [],
    )
  }

it.each<[string, (world: SmallWorld) => void]>([
  ['has named them all', (world) => Object.assign(world, { told: named(world) })],
  ['has named none', () => {}],
  [
    'has named none but previews',
    (world) => {
      world.told = (id) =>
        named(world)(id).map((event) =>
          event.kind === 'executed'
            ? { ...event, files: event.files.map((file) => ({ ...file, type: 'temp' as const })) }
            : event,
        )
    },
  ],
])('takes the files of a prompt whose history is cleared when it %s', async (name, prepare) => {
  const world = smallWorld()
  prepare(world)
  world.fault = at(/^follow/, () => {
    for (const { files } of world.history.values())
      for (const { subfolder, filename } of Object.values(files).flat()) world.files.add(`${subfolder}/${filename}`)
    world.history.clear()
    throw broken('PR_COMFY_LOST')
  })
  await pinned(`history-cleared-${name.replaceAll(' ', '-')}`, world, [heron])
})

it.each([
  ['once', 1],
  ['always', 9],
] as const)('tries to cancel a prompt again when that fails %s', async (name, times) => {
  const world = smallWorld()
  const cancel = at(/^follow/, () => {
    world.controller.abort(broken('PR_CANCELLED'))
    throw world.controller.signal.reason
  })
  const refuse = at(/^delete/, fails(broken('PR_COMFY_UNREACHABLE', 0)), 1, times)
  world.fault = (asked) => {
    refuse(asked)
    cancel(asked)
  }
  await pinned(`cancel-fails-${name}`, world, [heron])
})

it('cancels what an earlier part of the run has left when it is cancelled itself', async () => {
  const { world, earlier, id } = await waiting('pending')
  world.fault = at(/^connect/, () => {
    world.controller.abort(broken('PR_CANCELLED'))
    throw world.controller.signal.reason
  })
  expect(world.queue.pending).toEqual([id])
  await pinned('cancelled-at-once', world, [otter], { earlier })
})

it('combines nothing of what is not there', async () => {
  const [first, second] = otter.combineJobs
  const chunk = { kind: 'low', promptId: 'p', tookMs: 1, latent: null } as const
  const video = { server: { filename: 'a.mp4', subfolder: '', type: 'output' }, copy: '/a.mp4' } as const
  const combine = (work: typeof first, parts: Parameters<typeof combineChunk>[2]) =>
    failure(() =>
      combineChunk(
        contextOf(smallWorld(), [otter]),
        { plan: otter, job: work!, attempts: 0, open: null, named: () => [] },
        parts,
      ),
    )
  expect(await combine(first, { chunk: undefined, before: null })).toMatchObject({
    code: 'PR_NO_OUTPUT',
    message: 'Combine job 1 lacks the video of chunk 1 or the film before it',
  })
  expect(await combine(second, { chunk: { ...chunk, video }, before: null })).toMatchObject({
    code: 'PR_NO_OUTPUT',
    message: 'Combine job 2 lacks the video of chunk 2 or the film before it',
  })
})

it('throws what is no failure of ours as it is', async () => {
  const world = smallWorld()
  world.fault = at(/^submit/, fails(new TypeError('no luck')))
  await expect(pinned('none', world, [heron])).rejects.toThrow(TypeError)
  expect(new PromptRunnerError('PR_FILE', '')).toBeInstanceOf(Error)
})
