import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { NodeBehaviour } from '../../src/index.ts'
import { freshSimulator, ORIGIN } from '../simulators/comfyui/reach-simulator.ts'
import { startServingIn } from '../support/serving.ts'
import { newFolder, runPr } from './run-pr.ts'

const page = readFileSync(new URL('../../src/help/node-packs.md', import.meta.url), 'utf8')
const exports = new URL('../../src/index.ts', import.meta.url).pathname
/** The help's example of a node pack, as it stands there. */
const example = /```ts\n(import \{ defineBehaviour[\s\S]*?)```/.exec(page)![1]!.replace('prompt-runner', exports)
const package_ = '{"type":"module"}'

const workflow = (text: string, height = 64) => ({
  1: { class_type: 'EmptyImage', inputs: { width: 64, height, batch_size: 1, color: 0 } },
  2: { class_type: 'AddCaption', inputs: { image: ['1', 0], text, size: 24 } },
  3: { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'captions' } },
})

it('lets pr validate know what a class of a pack takes and checks', async () => {
  const cwd = newFolder({
    'package.json': package_,
    'pr.config.ts': example,
    'good.json': JSON.stringify(workflow('an otter')),
    'bad.json': JSON.stringify(workflow('')),
  })
  const good = await runPr(['validate', 'good.json'], { cwd })
  expect([good.exitCode, good.stderr]).toEqual([0, ''])
  const bad = await runPr(['validate', 'bad.json'], { cwd })
  expect([bad.exitCode, bad.stdout]).toEqual([2, expect.stringContaining('input "text": a caption needs words')])
})

it('lets a server run it', async () => {
  const cwd = newFolder({ 'package.json': package_, 'pr.config.ts': example })
  const { behaviours } = ((await import(`${cwd}/pr.config.ts`)) as { default: { behaviours: NodeBehaviour[] } }).default
  const simulator = freshSimulator(behaviours)
  const run = async (prompt: object) => {
    const body = JSON.stringify({ prompt })
    const posted = await simulator.http(new Request(`${ORIGIN}/prompt`, { method: 'POST', body }))
    const { prompt_id: id } = (await posted.json()) as { prompt_id: string }
    await expect.poll(() => simulator.report().remaining, { interval: 1 }).toBe(0)
    const history = await simulator.http(new Request(`${ORIGIN}/history/${id}`))
    return ((await history.json()) as Record<string, object>)[id]
  }
  expect(await run(workflow('an otter'))).toMatchObject({
    outputs: { 2: { text: ['an otter'] }, 3: { images: [{ filename: 'captions_00001_.png' }] } },
  })
  const failed = { exception_type: 'ValueError', exception_message: 'no room for a caption\n' }
  expect(await run(workflow('an otter', 32))).toMatchObject({
    status: { messages: expect.arrayContaining([['execution_error', expect.objectContaining(failed)]]) },
  })
})

it('lets a dry run and pr serve know it', async () => {
  const full = "{ classType: 'SaveVideo', run() { throw new Error('the disk of the server is full') } }"
  const cwd = newFolder({
    'package.json': package_,
    'pr.config.ts': example.replace('[caption]', `[caption, ${full}]`),
    'a.txt': 'otter\n\n5\n\nan otter\n\n',
  })
  const { exitCode, stderr } = await runPr(['--dry-run', '--max-retries', '0', '--prompt-file', 'a.txt'], { cwd })
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('the disk of the server is full')])

  const serving = await startServingIn(cwd)
  const answer = await fetch(`${serving.facts.addresses['comfyui']}/object_info/AddCaption`)
  expect(Object.keys((await answer.json()) as object)).toEqual(['AddCaption'])
  expect((await serving.stop()).exitCode).toBe(0)
})

it('shows which classes the setting teaches', async () => {
  const cwd = newFolder({ 'package.json': package_, 'pr.config.ts': example })
  const { stdout } = await runPr(['--show-settings', '--json'], { cwd })
  const shown = JSON.parse(stdout).settings.behaviours
  expect(shown).toEqual({ value: ['AddCaption'], origin: 'pr.config.ts' })
})
