import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadTemplates } from '../../src/config/templates.ts'
import { jobId } from '../../src/domain/ids.ts'
import { makePlan } from '../../src/domain/make-plan.ts'
import { checkPlans } from '../../src/planning/check-plans.ts'
import { jobsText, missingPieces } from '../../src/planning/invalid-plans.ts'
import { offlineServer } from '../../src/simulators/comfyui/offline/check-graph.ts'
import { presentModels as models, planSettings, prompt } from '../support/lighthouse.ts'
import { templateFolder } from '../support/template-folder.ts'

const server = offlineServer(readFileSync('fixtures/workflows/object_info.json', 'utf8'))
const settings = { ...planSettings, models }
const planOf = (change: object, changed = settings) => makePlan({ ...prompt, ...change }, changed, jobId)

it.each([null, 'fixtures/workflows/vhs'])('finds nothing in the templates %s, even when strict', async (folder) => {
  const plans = [planOf({}), planOf({ videoName: 'short', totalFrames: 1 })]
  expect(checkPlans(plans, await loadTemplates(folder), server, { strict: true })).toEqual([])
})

it('tells a problem once for all jobs of all films that have it', async () => {
  const without = { ...settings, models: { ...models, highLora: 'wan22_high.safetensors' } }
  const plans = [planOf({ totalFrames: 2000 }, without), planOf({ videoName: 'otter', totalFrames: 150 }, without)]
  const [finding, ...others] = checkPlans(plans, await loadTemplates(null), server)
  expect(others).toEqual([])
  expect(finding).toMatchObject({
    file: 'render.json',
    node: { id: '2', title: 'LoRA', class: 'LoraLoaderModelOnly' },
    input: 'lora_name',
    value: 'wan22_high.safetensors',
  })
  expect(jobsText(finding!.jobs!)).toBe('HIGH 1, 3, 5 … 39 (20 jobs) of lighthouse; HIGH 1, 3 of otter')
  expect(missingPieces([finding!])).toEqual([
    {
      kind: 'LoRA',
      name: 'wan22_high.safetensors',
      place: 'models/loras',
      nearest: 'wan2.2_high_t2v.safetensors',
      neededBy: [{ file: 'render.json', node: '2', jobs: finding!.jobs }],
    },
  ])
})

it('finds a seed that only the last chunk takes beyond the limit of its node', async () => {
  const limited = offlineServer(
    readFileSync('fixtures/workflows/object_info.json', 'utf8').replaceAll('18446744073709551615', '10'),
  )
  const found = checkPlans([planOf({})], await loadTemplates(null), limited)
  expect(found.map(({ message }) => message)).toEqual([
    'node 10 "Sampler" (KSamplerAdvanced): input "noise_seed": value 11 bigger than max of 10',
  ])
})

it('compares the two passes when strict', async () => {
  const bindings = (text: string) =>
    text.replace(
      'switch_step: { title: Sampler, input: start_at_step }',
      'switch_step: { title: Sampler, input: steps }',
    )
  const templates = await loadTemplates(templateFolder({ bindings }))
  const messages = (strict: boolean) =>
    checkPlans([planOf({})], templates, server, { strict }).map((each) => each.message)
  expect([messages(false), messages(true).length > 0]).toEqual([[], true])
})

it('tells of a control video that the bindings have no place for', async () => {
  const bindings = (text: string) => text.replaceAll(/^ +control_\w+: .*\n/gm, '')
  const templates = await loadTemplates(templateFolder({ bindings }))
  const found = checkPlans([planOf({ overrides: { controlVideo: 'pan.mp4' } })], templates, server)
  expect(found).toEqual([
    {
      file: templates.files.bindings,
      message: `The plan has a control video, but render.inputs of ${templates.files.bindings} lacks "control_video".`,
      hint: 'Bind control_video and control_start to the nodes that load and cut it, or plan without a control video.',
    },
  ])
})

it('checks the 3,000 jobs of a long film as the few graphs that they are', async () => {
  const long = planOf({ totalFrames: 100_000 }, { ...settings, models: { ...models, vae: 'none.safetensors' } })
  const [finding, ...others] = checkPlans([long], await loadTemplates(null), server)
  expect(others).toEqual([])
  expect(jobsText(finding!.jobs!)).toBe(
    'HIGH 1, 3, 5 … 1981 (991 jobs) of lighthouse; LOW 2, 4, 6 … 1982 (991 jobs) of lighthouse',
  )
})
