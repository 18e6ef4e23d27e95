import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadTemplates } from '../../src/config/templates.ts'
import { buildCombineWorkflow, buildRenderWorkflow } from '../../src/domain/build-workflow.ts'
import { type Graph, isLink } from '../../src/domain/graph.ts'
import { jobId } from '../../src/domain/ids.ts'
import { makePlan } from '../../src/domain/make-plan.ts'
import { failure } from '../support/failure.ts'
import { planSettings, prompt } from '../support/lighthouse.ts'
import { templateFolder } from '../support/template-folder.ts'

interface NodeInfo {
  input: { required?: Record<string, [unknown, object?]>; optional?: Record<string, [unknown, object?]> }
  output: unknown[]
  output_node: boolean
}
const objectInfo: Record<string, NodeInfo> = JSON.parse(readFileSync('fixtures/workflows/object_info.json', 'utf8'))
const plan = makePlan(prompt, planSettings, jobId)
const latent = 'run/lighthouse/high_00001_.latent [output]'
const inputs = { latent: null, referenceImage: null, controlVideo: null, folder: 'run/lighthouse' }
const sets = [
  ['shipped', null],
  ['VideoHelperSuite', 'fixtures/workflows/vhs'],
] as const

it.each(sets)('%s: every graph fits the nodes of a real server', async (_, dir) => {
  const templates = await loadTemplates(dir)
  const { high, low } = plan.passes[1]!
  const guided = { ...inputs, referenceImage: 'a.png', controlVideo: 'clip.mp4' }
  const [first, later] = [plan.combineJobs[0]!, plan.combineJobs[1]!]
  const built = [
    buildRenderWorkflow(templates, plan, plan.passes[0]!.high, inputs),
    buildRenderWorkflow(templates, plan, high, guided),
    buildRenderWorkflow(templates, plan, low, { ...guided, latent }),
    buildRenderWorkflow(templates, plan, plan.passes[0]!.low, { ...inputs, latent }),
    buildCombineWorkflow(templates, plan, first, { video: 'v1', film: null, folder: 'f' }),
    buildCombineWorkflow(templates, plan, later, { video: 'v2', film: 'f1', folder: 'f' }),
  ]
  expect(built.flatMap(({ graph }) => misfits(graph))).toEqual([])
  expect(
    built.map(({ graph, outputs }) =>
      Object.entries(outputs).map(([role, id]) => [role, objectInfo[graph[id]!.class_type]!.output_node]),
    ),
  ).toEqual([
    [['latent', true]],
    [['latent', true]],
    [
      ['latent', true],
      ['video', true],
    ],
    [
      ['latent', true],
      ['video', true],
    ],
    [['film', true]],
    [['film', true]],
  ])
})

it.each(sets)(
  '%s: HIGH and LOW share steps, seed, sampler, shift and size, and LOW starts where HIGH ended',
  async (_, dir) => {
    const templates = await loadTemplates(dir)
    const high = buildRenderWorkflow(templates, plan, plan.passes[1]!.high, inputs).graph
    const low = buildRenderWorkflow(templates, plan, plan.passes[1]!.low, { ...inputs, latent }).graph
    const sampler = (graph: Graph) => {
      const { positive: _p, negative: _n, model: _m, latent_image, ...constants } = only(graph, 'KSamplerAdvanced')
      return { ...constants, from: graph[(latent_image as [string, number])[0]]!.class_type }
    }
    const common = { noise_seed: 8, steps: 8, cfg: 1, sampler_name: 'euler', scheduler: 'simple' }
    const leftover = { start_at_step: 0, end_at_step: 4, add_noise: 'enable', return_with_leftover_noise: 'enable' }
    const finish = {
      start_at_step: 4,
      end_at_step: 10_000,
      add_noise: 'disable',
      return_with_leftover_noise: 'disable',
    }
    expect(sampler(high)).toEqual({ ...common, ...leftover, from: 'WanVaceToVideo' })
    expect(sampler(low)).toEqual({ ...common, ...finish, from: 'LoadLatent' })
    expect(only(high, 'ModelSamplingSD3')['shift']).toEqual(only(low, 'ModelSamplingSD3')['shift'])
    const size = { width: 480, height: 848, length: 101 }
    expect([only(high, 'WanVaceToVideo'), only(low, 'WanVaceToVideo')]).toMatchObject([size, size])
    expect([only(high, 'UnetLoaderGGUF'), only(low, 'UnetLoaderGGUF')]).toEqual([
      { unet_name: 'high.gguf' },
      { unet_name: 'low.gguf' },
    ])
    expect(only(low, 'LoadLatent')).toEqual({ latent })
  },
)

it('lists every change in words', async () => {
  const templates = await loadTemplates(null)
  const high = buildRenderWorkflow(templates, plan, plan.passes[0]!.high, inputs)
  expect([high.templateNodes, high.modifications]).toEqual([
    19,
    [
      'LoRA: high.safetensors',
      'Model: high.gguf',
      'Text encoder: umt5.safetensors',
      'VAE: vae.safetensors',
      'Positive prompt: a lighthouse at dusk',
      'Negative prompt: (empty)',
      'Width: 480',
      'Height: 848',
      'Length: 101',
      'Seed: 7',
      'Steps: 8',
      'Switch at step: 4',
      'CFG: 1',
      'Latent saved as: run/lighthouse/high',
      'Sampler, add_noise: enable',
      'Sampler, start_at_step: 0',
      'Sampler, return_with_leftover_noise: enable',
      'Removed: Latent from HIGH',
      'Removed: Trim reference latent',
      'Removed: Decode',
      'Removed: Create video',
      'Removed: Save video',
      'Removed: Reference frame',
      'Removed: Control video',
      'Removed: Control frames',
      'Removed: Cut control frames',
    ],
  ])
  const later = buildCombineWorkflow(templates, plan, plan.combineJobs[4]!, { video: 'v5', film: 'f4', folder: 'run' })
  expect(later.modifications).toEqual([
    'First video: f4',
    'Second video: v5',
    'Frames of the second video: 96',
    'Film saved as: run/film',
    'Frames per second: 16',
    'Removed: Cut first frames',
  ])
})

it('cuts each chunk to what it keeps, and the control video to the chunk', async () => {
  const templates = await loadTemplates(null)
  const first = buildCombineWorkflow(templates, plan, plan.combineJobs[0]!, {
    video: 'v1',
    film: null,
    folder: 'f',
  }).graph
  expect(first).toEqual({
    '1': { class_type: 'LoadVideo', inputs: { file: 'v1' }, _meta: { title: 'First video' } },
    '3': { class_type: 'GetVideoComponents', inputs: { video: ['1', 0] }, _meta: { title: 'First frames' } },
    '8': {
      class_type: 'ImageFromBatch',
      inputs: { image: ['3', 0], batch_index: 0, length: 101 },
      _meta: { title: 'Cut first frames' },
    },
    '6': { class_type: 'CreateVideo', inputs: { images: ['8', 0], fps: 16 }, _meta: { title: 'Create video' } },
    '7': {
      class_type: 'SaveVideo',
      inputs: { video: ['6', 0], filename_prefix: 'f/film', format: 'mp4', codec: 'h264' },
      _meta: { title: 'Save film' },
    },
  })
  const guided = { ...inputs, controlVideo: 'pan.mp4' }
  const last = buildRenderWorkflow(templates, plan, plan.passes[4]!.high, guided).graph
  expect(only(last, 'ImageFromBatch')).toEqual({ image: ['18', 0], batch_index: 404, length: 97 })
})

it('leaves the template as it was', async () => {
  const templates = await loadTemplates(null)
  const before = structuredClone(templates)
  buildRenderWorkflow(templates, plan, plan.passes[0]!.low, { ...inputs, latent })
  buildCombineWorkflow(templates, plan, plan.combineJobs[0]!, { video: 'v1', film: null, folder: 'f' })
  expect(templates).toEqual(before)
})

it('refuses a control video that the bindings have no place for', async () => {
  const folder = templateFolder({ bindings: (text) => text.replaceAll(/ {4}control_.*\n/g, '') })
  const templates = await loadTemplates(folder)
  const build = () => buildRenderWorkflow(templates, plan, plan.passes[0]!.high, { ...inputs, controlVideo: 'pan.mp4' })
  expect(await failure(build)).toEqual({
    code: 'PR_BINDING',
    message: `The plan has a control video, but render.inputs of ${folder}/bindings.yaml lacks "control_video".`,
    hint: 'Bind control_video and control_start to the nodes that load and cut it, or plan without a control video.',
  })
})

it('knows no node of a template outside the templates and their bindings', () => {
  const templates = globSync('{src/workflows,fixtures/workflows/vhs}/*.json').map(
    (file) => JSON.parse(readFileSync(file, 'utf8')) as Graph,
  )
  const classes = new Set(templates.flatMap((graph) => Object.values(graph).map((node) => node.class_type)))
  const ids = new Set(templates.flatMap(Object.keys))
  expect([classes.size, ids.size]).toEqual([21, 40])
  const files = globSync('src/**/*.ts').filter((file) => !/^src\/(workflows|simulators)\//.test(file))
  const found = files.flatMap((file) => {
    const code = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    const words = code.match(/[A-Za-z_]\w+/g)?.filter((word) => classes.has(word)) ?? []
    // An id is a text that indexes a graph or begins a link.
    const indexes = [...code.matchAll(/\[['"]([\d:]+)['"][\],]/g)].map(([, id = '']) => id).filter((id) => ids.has(id))
    return [...words, ...indexes].map((name) => `${file}: ${name}`)
  })
  expect(found).toEqual([])
})

function only(graph: Graph, type: string): Record<string, unknown> {
  const found = Object.values(graph).filter((node) => node.class_type === type)
  expect(found.length, type).toBe(1)
  return found[0]!.inputs
}

/** What a server's validation would refuse: absent inputs, links of another type, constants that no list or range allows. */
function misfits(graph: Graph): string[] {
  return Object.entries(graph).flatMap(([id, node]) => {
    const info = objectInfo[node.class_type]
    if (!info) return [`${id}: unknown class ${node.class_type}`]
    const missing = Object.keys(info.input.required ?? {}).filter((name) => !(name in node.inputs))
    const known = { ...info.input.required, ...info.input.optional }
    const wrong = Object.entries(node.inputs).filter(([name, value]) => {
      const [type, options] = known[name] ?? []
      if (isLink(value)) return objectInfo[graph[value[0]]!.class_type]!.output[value[1]] !== type
      // File lists hold what one server had; loaders take any file that exists.
      if (Array.isArray(type)) return !/(name|video|image|latent|format)$/.test(name) && !type.includes(value)
      const { min, max } = { min: -Infinity, max: Infinity, ...options } as { min: number; max: number }
      if (type === 'INT') return !Number.isInteger(value) || Number(value) < min || Number(value) > max
      if (type === 'FLOAT') return typeof value !== 'number' || value < min || value > max
      return (type === 'STRING' || type === 'COMBO') && typeof value !== 'string'
    })
    return [
      ...missing.map((name) => `${id}: ${name} is missing`),
      ...wrong.map(([name, value]) => `${id}: ${name} ${value}`),
    ]
  })
}
