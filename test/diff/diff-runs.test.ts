import { expect, it } from 'vitest'
import { diffRuns } from '../../src/diff/diff-runs.ts'
import { diffText } from '../../src/diff/diff-text.ts'
import type { JobFacts, RunFacts } from '../../src/diff/run-facts.ts'

type Nodes = Record<string, readonly [title: string, className: string, inputs: Record<string, string>]>

const render: Nodes = {
  '3': ['Shift', 'ModelSamplingSD3', { shift: '8.0' }],
  '10': ['Sampler', 'KSamplerAdvanced', { noise_seed: '1', model: '["3",0]', steps: '8' }],
  '11': ['Save latent', 'SaveLatent', { samples: '["10",0]' }],
}
const roleOf = (_node: object, input: string) => (input === 'noise_seed' ? 'seed' : null)

it('finds no difference between a run and itself', () => {
  const run = facts({ jobs: [job('wren high 1', render)], uploads: [upload('wren.mp4', 10)] })
  const diff = diffRuns(run, run, roleOf)
  expect(diff).toEqual({
    equal: true,
    jobs: { compared: 1, added: [], gone: [], changed: [] },
    uploads: { compared: 1, added: [], gone: [], changed: [] },
    server: null,
    estimate: null,
  })
  expect(diffText(diff)).toEqual(['No difference: 1 job, 1 upload.'])
})

it('tells changed inputs by node title and role, jobs that changed alike together', () => {
  const seed: Nodes = { ...render, '10': ['Sampler', 'KSamplerAdvanced', { ...render['10']![2], noise_seed: '2' }] }
  const names = ['wren high 1', 'wren low 2']
  const a = facts({ jobs: names.map((name) => job(name, render)) })
  const b = facts({ jobs: names.map((name) => job(name, seed)) })
  const diff = diffRuns(a, b, roleOf)
  const node = { id: '10', title: 'Sampler', class: 'KSamplerAdvanced' }
  expect(diff.jobs.changed).toEqual(
    names.map((name) => ({
      job: name,
      nodes: { added: [], gone: [] },
      inputs: [{ node, input: 'noise_seed', role: 'seed', before: 1, after: 2 }],
    })),
  )
  expect(diffText(diff)).toEqual([
    '~ wren high 1, wren low 2',
    '    Sampler (seed): 1 → 2',
    'Jobs: 2 changed, 0 added, 0 gone. Uploads: 0 changed, 0 added, 0 gone.',
  ])
})

it('tells links, classes, inputs and nodes that came or went, and long integers to the last digit', () => {
  const before: Nodes = { ...render, '12': ['PreviewImage', 'PreviewImage', {}] }
  const after: Nodes = {
    '3': render['3']!,
    '4': ['LoRA', 'LoraLoaderModelOnly', { model: '["3",0]', lora_name: `"${'a'.repeat(100)}"` }],
    '10': ['Sampler', 'KSampler', { noise_seed: '18446744073709551615', model: '["4",0]', cfg: '1.0' }],
    '11': render['11']!,
  }
  const diff = diffRuns(facts({ jobs: [job('p', before)] }), facts({ jobs: [job('p', after)] }), roleOf)
  expect(diff.jobs.changed[0]?.inputs.map(({ input, before, after }) => ({ input, before, after }))).toEqual([
    { input: 'class_type', before: 'KSamplerAdvanced', after: 'KSampler' },
    { input: 'noise_seed', before: 1, after: '18446744073709551615' },
    { input: 'model', before: { from: 'Shift', slot: 0 }, after: { from: 'LoRA', slot: 0 } },
    { input: 'steps', before: 8, after: undefined },
    { input: 'cfg', before: undefined, after: 1 },
  ])
  expect(diffText(diff)).toEqual([
    '~ p',
    '    - node PreviewImage, id 12',
    '    + node LoRA (LoraLoaderModelOnly), id 4',
    '    Sampler (class_type): "KSamplerAdvanced" → "KSampler"',
    '    Sampler (seed): 1 → "18446744073709551615"',
    '    Sampler (model): from Shift → from LoRA',
    '    Sampler (steps): 8 → none',
    '    Sampler (cfg): none → 1',
    'Jobs: 1 changed, 0 added, 0 gone. Uploads: 0 changed, 0 added, 0 gone.',
  ])
})

it('tells jobs, uploads and the estimate', () => {
  const a = facts({
    jobs: [job('wren high 1', render), job('wren high 3', render)],
    uploads: [upload('wren.mp4', 10), upload('old.mp4', 1)],
    estimate: { server_seconds: 600, gpu_minutes: 10, cost_usd: 0.07 },
  })
  const b = facts({
    jobs: [job('wren high 1', render), job('owl high 1', render)],
    uploads: [upload('wren.mp4', 12), upload('owl.mp4', 2)],
    estimate: { server_seconds: 660, gpu_minutes: 11, cost_usd: null },
  })
  expect(diffText(diffRuns(a, b, roleOf))).toEqual([
    '- wren high 3',
    '+ owl high 1',
    '- upload gs://films/old.mp4',
    '+ upload gs://films/owl.mp4',
    '~ upload gs://films/wren.mp4',
    '    size: 10 → 12',
    '~ estimate',
    '    600 s of the recorded server, 10 GPU minutes, $0.07 → 660 s of the recorded server, 11 GPU minutes',
    'Jobs: 0 changed, 1 added, 1 gone. Uploads: 1 changed, 1 added, 1 gone.',
  ])
})

it('says nothing of the seconds of a CPU', () => {
  const of = (gpu_minutes: number | null) => facts({ estimate: { server_seconds: null, gpu_minutes, cost_usd: null } })
  expect(diffRuns(of(null), of(null), roleOf).equal).toBe(true)
  expect(diffText(diffRuns(of(null), of(11), roleOf))).toContain('    none → 11 GPU minutes')
})

it('compares no estimate with a recording, which has none', () => {
  const estimate = { server_seconds: 600, gpu_minutes: 10, cost_usd: 0.07 }
  expect(diffRuns(facts({ estimate }), facts({}), roleOf)).toMatchObject({ equal: true, estimate: null })
})

it('tells of two recordings how their servers differ', () => {
  const classes = (more: object, steps: number) =>
    JSON.stringify({
      KSampler: { input: { required: { steps: ['INT', { max: steps }] } }, output: ['LATENT'] },
      ...more,
    })
  const none = { input: {}, output: [] }
  const server = (version: string, objectInfo: string, models: Record<string, string[]>) =>
    facts({ server: { version, device: 'cpu', objectInfo, models: new Map(Object.entries(models)) } })
  const a = server('0.3.64', classes({ Old: none }, 100), { loras: ['a', 'b'], vae: ['v'] })
  const b = server('0.3.70', classes({ New: none, Newer: none }, 200), { loras: ['b', 'c'], unet: ['u'] })
  expect(diffText(diffRuns(a, a, roleOf))).toEqual([
    'No difference: 0 jobs, 0 uploads, the server with its classes and models.',
  ])
  const diff = diffRuns(a, b, roleOf)
  expect(diff.equal).toBe(false)
  expect(diffText(diff)).toEqual([
    '~ server',
    '    ComfyUI was 0.3.64 and is 0.3.70',
    '    LoRA `a` is gone',
    '    LoRA `c` is new',
    '    node class gone: Old',
    '    node classes new: New, Newer',
    '    max of `KSampler.steps` was 100 and is 200',
    'Jobs: 0 changed, 0 added, 0 gone. Uploads: 0 changed, 0 added, 0 gone.',
  ])
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`Class${index + 10}`, none]))
  const named = Array.from({ length: 12 }, (_, index) => `Class${index + 10}`).join(', ')
  expect(
    diffText(
      diffRuns(a, server('0.3.64', classes({ Old: none, ...many }, 100), { loras: ['a', 'b'], vae: ['v'] }), roleOf),
    )[1],
  ).toBe(`    node classes new: ${named} and 18 more`)
})

function facts(some: Partial<RunFacts>): RunFacts {
  return { jobs: [], uploads: [], estimate: null, server: null, ...some }
}

function job(name: string, nodes: Nodes): JobFacts {
  const entries = Object.entries(nodes).map(
    ([id, [title, className, inputs]]) => [id, { title, className, inputs: new Map(Object.entries(inputs)) }] as const,
  )
  return { name, nodes: new Map(entries) }
}

function upload(name: string, size: number) {
  return { url: `gs://films/${name}`, content: { type: 'video/mp4', size, crc32c: 'UYR/pQ==' } }
}
