import { request } from 'undici'
import { expect, it } from 'vitest'
import { microsecondStamp } from '../../../src/report/stamps.ts'
import { captured } from '../captured-run.ts'
import { COMFYUI } from '../network.ts'

const graph =
  '{"12":{"class_type":"KSampler","inputs":{"seed":12345678901234567890,"cfg":1.0}},"3":{"class_type":"VAELoader","inputs":{}}}'

const facts = {
  run: 'lighthouse',
  workflow_id: 1,
  type: 'high_noise_render',
  job_id: '5f0c6a52-6a09-5f4e-9d0e-6f3f6f1f0c11',
  job_number: 1,
  video_name: 'lighthouse',
  attempt: 1,
  modifications: ['LoRA: wan2.2_high_t2v.safetensors'],
  original_nodes_count: 16,
}

it('writes the graph of a prompt as it was sent, in the shape of the user document', async () => {
  const { files, har } = await captured(() => submit(facts))
  const sentAt = Date.parse(har.log.entries[0]!.startedDateTime)
  expect(files['workflows/workflow_001_high_noise_render.json']).toBe(`{
  "workflow_id": 1,
  "timestamp": "${microsecondStamp(sentAt)}",
  "job_info": {
    "type": "high_noise_render",
    "job_id": "5f0c6a52-6a09-5f4e-9d0e-6f3f6f1f0c11",
    "job_number": 1,
    "video_name": "lighthouse",
    "modifications": [
      "LoRA: wan2.2_high_t2v.safetensors"
    ]
  },
  "workflow": {
    "12": {
      "class_type": "KSampler",
      "inputs": {
        "seed": 12345678901234567890,
        "cfg": 1.0
      }
    },
    "3": {
      "class_type": "VAELoader",
      "inputs": {}
    }
  },
  "original_nodes_count": 16,
  "modifications_applied": [
    "LoRA: wan2.2_high_t2v.safetensors"
  ],
  "attempt": 1,
  "prompt_id": "p1",
  "status": 200
}
`)
})

it('names the workflows by their numbers in the run, and tells attempts apart', async () => {
  const { files } = await captured(async () => {
    await submit(facts)
    await submit({ ...facts, workflow_id: 2, type: 'low_noise_render' })
    await submit({ ...facts, workflow_id: 2, type: 'low_noise_render', attempt: 2 })
    await submit({ ...facts, workflow_id: 3, video_name: 'harbour' })
    await submit({ ...facts, workflow_id: 1002, video_name: 'harbour', type: 'combine' })
  })
  expect(workflowsIn(files)).toEqual([
    'workflow_001_high_noise_render.json',
    'workflow_002_low_noise_render.json',
    'workflow_002_low_noise_render_2.json',
    'workflow_003_high_noise_render.json',
    'workflow_1002_combine.json',
  ])
  expect(JSON.parse(files['workflows/workflow_003_high_noise_render.json']!).workflow_id).toBe(3)
})

it('names the prompts of other programs too', async () => {
  const { files } = await captured(() => submit(null))
  expect(workflowsIn(files)).toEqual(['workflow_001_prompt.json'])
  expect(JSON.parse(files['workflows/workflow_001_prompt.json']!)).toMatchObject({
    workflow_id: 1,
    original_nodes_count: 2,
  })
})

it('writes nothing for a body that is no prompt', async () => {
  const { files } = await captured(async () => {
    for (const body of ['not json', '[]', '{}']) await post(body)
  })
  expect(workflowsIn(files)).toEqual([])
})

function submit(promptRunner: object | null): Promise<void> {
  const extra = promptRunner === null ? '' : `,"extra_data":${JSON.stringify({ prompt_runner: promptRunner })}`
  return post(`{"prompt":${graph},"prompt_id":"p1"${extra}}`)
}

async function post(body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await (await request(`${COMFYUI}/prompt`, { method: 'POST', headers, body })).body.dump()
}

function workflowsIn(files: Record<string, string>): string[] {
  return Object.keys(files)
    .filter((name) => name.startsWith('workflows/'))
    .map((name) => name.slice('workflows/'.length))
    .toSorted()
}
