import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { failureText } from '../../src/cli/failure.ts'
import { loadTemplates } from '../../src/config/templates.ts'
import { jobId } from '../../src/domain/ids.ts'
import { makePlan } from '../../src/domain/make-plan.ts'
import { invalidPlans } from '../../src/planning/invalid-plans.ts'
import { capturedOutput } from '../cli/captured-output.ts'
import { presentModels as models, planSettings, prompt } from '../support/lighthouse.ts'

const objectInfo = readFileSync('fixtures/workflows/object_info.json', 'utf8')
const server = 'ComfyUI 0.3.64'

it('has nothing against plans that the server would run', async () => {
  const plan = makePlan(prompt, { ...planSettings, models }, jobId)
  expect(invalidPlans([plan], await loadTemplates(null), { objectInfo, server })).toBeNull()
})

it('names every missing model of every job in one failure', async () => {
  const lacking = { ...models, lowLora: 'wan22_low_t2v.safetensors' }
  const plans = [models, lacking].map((each, index) =>
    makePlan({ ...prompt, videoName: `film${index}` }, { ...planSettings, models: each }, jobId),
  )
  const error = invalidPlans(plans, await loadTemplates(null), { objectInfo, server })
  expect(error?.exitCode).toBe(2)
  expect(failureText(error, capturedOutput().output).split('\n')).toEqual([
    'PR_INVALID_WORKFLOW: checking every job before the first found 1 problem: ComfyUI 0.3.64 would refuse them',
    '  render.json: node 2 "LoRA" (LoraLoaderModelOnly): the server has no LoRA "wan22_low_t2v.safetensors" (input "lora_name"), in LOW 2, 4, 6, 8, 10 of film1',
    '    hint: did you mean "wan2.2_low_t2v.safetensors"? The server has: wan2.2_high_t2v.safetensors, wan2.2_low_t2v.safetensors',
    '  hint: `pr validate` lists all that is missing, and where it belongs',
  ])
})
