import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cutJournal, journals } from '../support/journals.ts'
import type { Json } from '../support/rehearse.ts'
import { type RunContext, runContext } from '../support/run-context.ts'
import { faultyWorld, promptsSent as prompts, simulatedWorld } from '../support/simulated-world.ts'

const journalOf = ({ outputDir }: RunContext, name: string) => join(outputDir, `state/${name}.jsonl`)

it('stops no pod for a film that was uploaded as planned before', async () => {
  const context = runContext()
  const world = await simulatedWorld()
  const { summary } = await context.live(world)
  const name: string = summary.run_name
  const other = await context.live(world, ['--resume', name, '--seed', '7', '--no-upload'])
  expect(other.exitCode).toBe(0)
  const before = prompts(world)
  const pod = { RUNPOD_API_KEY: 'rpa_test', RUNPOD_POD_ID: 'mine' }
  const last = await context.live(world, ['--resume', name, '--seed', '7', '--force-shutdown'], pod)
  expect(last.exitCode).toBe(2)
  expect(last.stderr).toContain(
    `its film of otter is in the bucket already (gs://films/june/otter/${name}/otter.mp4), and would be another one now\n`,
  )
  expect(prompts(world)).toBe(before)
  expect(world.asked.filter((line) => line.startsWith('runpod POST'))).toEqual([])
})

it('asks the bucket for films that the journal has not noted', async () => {
  const context = runContext()
  const world = await simulatedWorld()
  const { summary } = await context.live(world)
  const name: string = summary.run_name
  cutJournal(journalOf(context, name), ({ kind }) => kind === 'upload-finished')
  const before = prompts(world)
  const resumed = await context.live(world, ['--resume', name, '--seed', '7'])
  expect(resumed.exitCode).toBe(2)
  expect(resumed.stderr).toContain(`PR_STATE: --resume ${name}: its film of otter is in the bucket already`)
  expect(prompts(world)).toBe(before)
})

it.each([
  ['bucket', 'gs://others/june'],
  ['folder', 'gs://films/july'],
])('sends a finished film to another %s without rendering it again', async (_, target) => {
  const context = runContext()
  const world = await simulatedWorld()
  const { summary } = await context.live(world)
  const before = prompts(world)
  const again = await context.live(world, ['--resume', summary.run_name, '--bucket', target])
  expect(`${again.exitCode} ${again.stderr}`).toBe('0 ')
  expect(prompts(world)).toBe(before)
  expect(again.summary.uploads).toMatchObject({ videos: 1, manifests: 1 })
  expect(again.summary.videos[0].objects.map(({ url }: Json) => url)).toEqual(
    ['otter.mp4', 'manifest.json'].map((file) => `${target}/otter/${summary.run_name}/${file}`),
  )
})

it('does not upload what somebody has made of a film', async () => {
  const context = runContext()
  const world = await simulatedWorld()
  const { summary } = await context.live(world, ['--no-upload'])
  writeFileSync(join(context.outputDir, 'final/otter.mp4'), 'cut')
  const before = prompts(world)
  const resumed = await context.live(world, ['--resume', summary.run_name])
  expect(`${resumed.exitCode} ${resumed.stderr}`).toBe('0 ')
  expect(prompts(world)).toBe(before)
  expect(resumed.summary.videos[0].objects[0].size).toBeGreaterThan(1000)
})

it('renders nothing for a manifest that is all that lacks', async () => {
  const context = runContext()
  const world = await simulatedWorld()
  const { summary } = await context.live(world)
  cutJournal(
    journalOf(context, summary.run_name),
    ({ kind, object }) => kind === 'upload-started' && object.endsWith('manifest.json'),
  )
  for (const name of ['final', 'videos', 'combined']) rmSync(join(context.outputDir, name), { recursive: true })
  const before = prompts(world)
  const resumed = await context.live(world, ['--resume', summary.run_name])
  expect(`${resumed.exitCode} ${resumed.stderr}`).toBe('0 ')
  expect(prompts(world)).toBe(before)
})

it('does again only what was lost, also when that is cut short', async () => {
  const context = runContext()
  const first = await simulatedWorld()
  const { summary } = await context.live(first, ['--no-upload', '--keep-intermediate'])
  const name: string = summary.run_name
  cutJournal(journalOf(context, name), ({ kind, workflow }) => kind === 'job-started' && workflow === 6)
  for (const file of ['latents', 'final', 'combined']) rmSync(join(context.outputDir, file), { recursive: true })
  rmSync(join(context.outputDir, `videos/otter_${name}_chunk_001.mp4`))
  const broken = await faultyWorld(/^comfyui POST \/prompt/, 1, async () => new Response('', { status: 403 }))
  await context.live(broken, ['--no-upload', '--keep-intermediate', '--resume', name])
  const { length } = journals(context.outputDir)[name]!
  const resumed = await context.live(await simulatedWorld(), ['--no-upload', '--keep-intermediate', '--resume', name])
  expect(resumed.exitCode).toBe(0)
  const since = journals(context.outputDir)[name]!.slice(length)
  const sent = since.filter(({ kind }) => kind === 'job-started').map(({ workflow }) => workflow)
  expect(sent).toEqual([1, 2, 5, 6])
})

it('takes a film for its own that was uploaded before another was planned', async () => {
  const context = runContext()
  const world = await simulatedWorld()
  const { summary } = await context.live(world)
  const name: string = summary.run_name
  await context.live(world, ['--resume', name, '--seed', '7', '--no-upload'])
  const before = prompts(world)
  const again = await context.live(world, ['--resume', name])
  expect(`${again.exitCode} ${again.stderr}`).toBe('0 ')
  expect(prompts(world)).toBe(before)
})
