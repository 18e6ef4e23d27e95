import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadSettings } from '../../src/config/settings.ts'
import { loadTemplates } from '../../src/config/templates.ts'
import { buildCombineWorkflow, buildRenderWorkflow } from '../../src/domain/build-workflow.ts'
import type { Graph } from '../../src/domain/graph.ts'
import { makePlan } from '../../src/domain/make-plan.ts'
import { type Serving, startServing } from '../support/serving.ts'

type Event = [string, ...unknown[]]

interface Seen {
  readonly upload: string | null
  readonly close: number
  readonly jobs: ReadonlyArray<{
    readonly name: string
    readonly node_errors: object
    readonly events: Event[]
    readonly status: string
    readonly messages: string[]
    readonly files: ReadonlyArray<{ name: string; type: string; bytes: number; sha256: string }>
  }>
}

let serving: Serving
beforeAll(async () => {
  serving = await startServing()
})
afterAll(() => serving.stop())

it('gives a plain Python client a render, pass by pass, with previews that name their node', async () => {
  const { upload, jobs, close } = await python(
    await workflows('wren'),
    '--upload',
    'fixtures/prompt_files/films/dunes.png',
  )
  expect([upload, close]).toEqual(['dunes.png', 1000])
  expect(jobs.map(({ name, status, node_errors, messages }) => ({ name, status, node_errors, messages }))).toEqual(
    ['1-high', '2-low', '3-combine'].map((name) => ({
      name,
      status: 'success',
      node_errors: {},
      messages: ['execution_start', 'execution_cached', 'execution_success'],
    })),
  )
  const shown = jobs.map(
    ({ name, events }) => `${name}\n${events.map((event) => `  ${JSON.stringify(event)}\n`).join('')}`,
  )
  await expect(shown.join('')).toMatchFileSnapshot('expected/python-client.txt')
  const files = jobs.flatMap((job) => job.files)
  expect(files.map(({ name, type }) => [name, type])).toEqual([
    ['wren/high_00001_.latent', 'application/octet-stream'],
    ['wren/low_00001_.latent', 'application/octet-stream'],
    ['wren/video_00001_.mp4', 'video/mp4'],
    ['wren/film_00001_.mp4', 'video/mp4'],
  ])
  for (const { name, bytes, sha256 } of files) expect({ bytes, sha256 }).toEqual(await viewed(name))
})

it('sends previews without metadata to a client that did not ask for them', async () => {
  const [high] = await workflows('plain', null)
  const { jobs } = await python([high!], '--plain-previews')
  const previews = jobs[0]!.events.filter(([kind]) => kind === 'preview')
  expect(previews.length).toBeGreaterThan(0)
  expect(new Set(previews.map((event) => JSON.stringify(event)))).toEqual(new Set(['["preview",1,"image/jpeg",true]']))
})

it('serves several clients at once, each with its own messages', async () => {
  const seen = await Promise.all(['ant', 'bee', 'cricket'].map(async (name) => python(await workflows(name, null))))
  for (const [index, name] of ['ant', 'bee', 'cricket'].entries()) {
    const { jobs } = seen[index]!
    expect(jobs.map(({ status }) => status)).toEqual(['success', 'success', 'success'])
    expect(jobs.flatMap(({ events }) => events).filter(([kind]) => kind === 'foreign')).toEqual([])
    expect(jobs.flatMap(({ files }) => files.map((file) => file.name))).toEqual(
      ['high_00001_.latent', 'low_00001_.latent', 'video_00001_.mp4', 'film_00001_.mp4'].map(
        (file) => `${name}/${file}`,
      ),
    )
  }
})

async function viewed(name: string) {
  const [subfolder = '', filename = ''] = name.split('/')
  const query = new URLSearchParams({ subfolder, filename })
  const answer = await fetch(`${serving.facts.addresses['comfyui']}/view?${query}`)
  const content = Buffer.from(await answer.arrayBuffer())
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}

async function python(files: string[], ...options: string[]): Promise<Seen> {
  const address = serving.facts.addresses['comfyui']!
  const args = ['fixtures/python-client/client.py', address, ...options, ...files]
  // Without the folder of compiled modules, which would lie in fixtures/.
  const { stdout } = await promisify(execFile)('python3', ['-B', ...args])
  return JSON.parse(stdout)
}

/** HIGH, LOW and combine of a film of one short chunk, as files; each takes what the one before it left. */
async function workflows(folder: string, referenceImage: string | null = '{{upload}}'): Promise<string[]> {
  const templates = await loadTemplates(null)
  const { settings } = await loadSettings({}, {}, tmpdir())
  const prompt = {
    file: 'wren.txt',
    videoName: folder,
    totalFrames: 9,
    positivePrompt: `a ${folder} on a branch`,
    negativePrompt: '',
    overrides: {},
  }
  const plan = makePlan(prompt, { ...settings.plan, width: 64, height: 64, steps: 4, seed: 7 }, (content) => content)
  const { high, low } = plan.passes[0]!
  const inputs = { referenceImage, controlVideo: null, folder }
  const graphs: Record<string, Graph> = {
    '1-high': buildRenderWorkflow(templates, plan, high!, { ...inputs, latent: null }).graph,
    '2-low': buildRenderWorkflow(templates, plan, low!, { ...inputs, latent: '{{latents}}' }).graph,
    '3-combine': buildCombineWorkflow(templates, plan, plan.combineJobs[0]!, {
      video: '{{images}}',
      film: null,
      folder,
    }).graph,
  }
  const dir = mkdtempSync(join(tmpdir(), 'pr-python-'))
  return Object.entries(graphs).map(([name, graph]) => {
    const path = join(dir, `${name}.json`)
    writeFileSync(path, JSON.stringify(graph))
    return path
  })
}
