import { beforeAll, expect, it, vi } from 'vitest'
import { comfyuiKnowledge } from '../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { recordRedactor } from '../../src/recording/record-redactor.ts'
import { type ComfyuiSimulator, comfyuiSimulator } from '../../src/simulators/comfyui/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'

const ORIGIN = 'http://127.0.0.1:8188'
const ID = '00000000-0000-4000-8000-000000000000'
const prompt = {
  1: { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } },
  2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'a' } },
  3: { class_type: 'PrimitiveInt', inputs: { value: 1 } },
  4: { class_type: 'ComfyMathExpression', inputs: { expression: 'a/0', 'values.a': ['3', 0] } },
  5: { class_type: 'PreviewAny', inputs: { source: ['4', 0] } },
}

let simulator: ComfyuiSimulator
beforeAll(async () => {
  const { entries } = await loadRecording('fixtures/conformance-0.29/comfyui.har')
  const parts = { clock: virtualClock(1_796_000_000_000, 0), newId: () => ID }
  simulator = comfyuiSimulator({ knowledge: comfyuiKnowledge(entries), ...parts })
  const body = JSON.stringify({ prompt, prompt_id: ID, client_id: 'me' })
  await simulator.http(new Request(`${ORIGIN}/prompt`, { method: 'POST', body }))
  await vi.waitUntil(() => simulator.report().remaining === 0, { interval: 1 })
})

it.each([
  '/api/jobs',
  `/api/jobs/${ID}`,
  '/node_replacements',
  '/experiment/models',
  '/experiment/models/loras',
  '/workflow_templates',
  '/global_subgraphs',
  '/features',
  '/users',
  '/models',
])('keeps all that a server without packs tells at %s', async (path) => {
  const text = await (await simulator.http(new Request(ORIGIN + path))).text()
  expect(recordRedactor({ known: {} }).body(text, { path, mimeType: 'application/json' })).toEqual({
    text,
    changed: [],
  })
})
