import { expect, it } from 'vitest'
import { driftOf, driftText } from '../../src/recording/drift.ts'
import { cutObjectInfo } from '../../src/recording/object-info.ts'
import { type NodeUse, type ServerFacts, serverStamps } from '../../src/recording/server-facts.ts'

const sampler = {
  input: { required: { scheduler: [['simple', 'normal']], steps: ['INT', { min: 1, max: 100 }] } },
  output: ['LATENT'],
}
const loader = { input: { required: { lora: [['a', 'x']] } }, output: ['MODEL'] }
const gone = { input: {}, output: ['IMAGE'] }
const picture = { input: { required: { image: [['old.png'], { image_upload: true }] } }, output: ['IMAGE'] }

const facts = (classes: object, more: Partial<ServerFacts> = {}): ServerFacts => ({
  version: '0.3.64',
  device: 'cpu',
  objectInfo: JSON.stringify(classes),
  models: new Map([['loras', ['a', 'x']]]),
  ...more,
})

const use = (prompt: number, classType: string, inputs: NodeUse['inputs'] = {}): NodeUse => ({
  prompt,
  classType,
  inputs,
})

const before = facts({ Sampler: sampler, Loader: loader, Gone: gone, Picture: picture })

it('finds nothing where nothing changed', () => {
  expect(driftOf(before, before, [])).toEqual([])
})

it('takes no notice of the latents that jobs leave', () => {
  const latents = (files: readonly string[]) =>
    facts({ Latents: { input: { required: { latent: [files] } }, output: [] } })
  const uses = [use(1, 'Latents', { latent: 'film/1.latent' })]
  expect(driftOf(latents(['film/1.latent']), latents(['film/2.latent']), uses)).toEqual([])
})

it('says in words what changed, and which prompts would fail', () => {
  const now = facts(
    {
      Sampler: {
        input: {
          required: {
            scheduler: [['simple', 'beta', 'karras']],
            steps: ['INT', { min: 1, max: 50 }],
            sigma: ['FLOAT', {}],
          },
          optional: { mask: ['MASK'] },
        },
        output: ['LATENT', 'INT'],
      },
      Loader: { input: { required: { lora: [['a', 'fresh']] } }, output: ['MODEL'] },
      Picture: { ...picture, input: { required: { image: [['other.png'], { image_upload: true }] } } },
    },
    { version: '0.4.0', models: new Map([['loras', ['a', 'fresh']]]) },
  )
  const uses = [
    use(1, 'Sampler', { scheduler: 'simple', sigma: 1 }),
    use(2, 'Sampler', { scheduler: 'normal' }),
    use(2, 'Loader', { lora: 'x' }),
    use(4, 'Loader', { lora: 'x' }),
    use(4, 'Gone'),
    use(4, 'Picture', { image: 'old.png' }),
  ]
  expect(driftOf(before, now, uses).map(driftText)).toEqual([
    'ComfyUI was 0.3.64 and is 0.4.0',
    'LoRA `x` is gone: prompts 2, 4 would fail',
    'LoRA `fresh` is new',
    '`Gone` is gone: prompt 4 would fail',
    '`Sampler.scheduler` gained 2 values (beta, karras)',
    '`Sampler.scheduler` lost 1 value (normal): prompt 2 would fail',
    'max of `Sampler.steps` was 100 and is 50',
    '`Sampler.sigma` is new and required: prompt 2 would fail',
    '`Sampler.mask` is new',
    '`Sampler` gave LATENT and gives LATENT, INT',
  ])
})

it('makes a fingerprint that only changes with the classes in use', () => {
  const { classes } = serverStamps(before, ['Sampler', 'Picture']).fingerprint
  const other = facts({
    Sampler: sampler,
    Picture: { ...picture, input: { required: { image: [['b'], { image_upload: true }] } } },
  })
  expect(serverStamps(other, ['Picture', 'Sampler']).fingerprint.classes).toEqual(classes)
  const changed = facts({ Sampler: { ...sampler, output: [] }, Picture: picture })
  expect(serverStamps(changed, ['Sampler']).fingerprint.classes).not.toEqual(
    serverStamps(before, ['Sampler']).fingerprint.classes,
  )
})

it('cuts object_info to classes in use and those they link with', () => {
  const filler = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`Image${index}`, { input: {}, output: ['IMAGE'] }]),
  )
  const all = {
    ...filler,
    Save: { input: { required: { video: ['VIDEO'] } }, output: [] },
    Make: { input: {}, output: ['VIDEO'] },
    Other: loader,
  }
  expect(Object.keys(JSON.parse(cutObjectInfo(JSON.stringify(all), new Set(['Save', 'Image3']))))).toEqual([
    'Image3',
    'Save',
    'Make',
  ])
})
