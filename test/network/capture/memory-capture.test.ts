import { expect, it } from 'vitest'
import { captureInMemory } from '../../../src/network/capture/memory-capture.ts'
import type { ServiceName } from '../../../src/simulators/simulator.ts'

/** What is kept of one request to a service. */
async function seen(url: string, init: RequestInit, service: ServiceName = 'comfyui') {
  const capture = captureInMemory({ now: () => 0 })
  const { http } = capture.wrap({
    name: service,
    async http(request) {
      await request.text()
      return Response.json({ ok: 1 }, { status: 202 })
    },
  })
  await (await http(new Request(url, init))).text()
  return capture
}

const prompt = { 1: { class_type: 'A', inputs: {} } }
const post = (body: string): RequestInit => ({ method: 'POST', body, headers: { 'content-type': 'application/json' } })

it('keeps requests and answers without their secrets', async () => {
  const { requests, workflows } = await seen('http://127.0.0.1:8188/queue?token=abc', { method: 'GET' })
  const [request] = requests
  expect(request).toMatchObject({ service: 'comfyui', method: 'GET', status: 202, responseText: '{"ok":1}' })
  expect(request!.url).not.toContain('abc')
  expect(workflows).toEqual([])
})

it.each([
  ['http://127.0.0.1:8188/prompt', 'p', { prompt, prompt_id: 'p' }],
  ['http://127.0.0.1:8188/comfy/api/prompt', null, { prompt }],
])('keeps the workflow that is sent to %s', async (url, promptId, body) => {
  const { workflows } = await seen(url, post(JSON.stringify(body)))
  expect(workflows).toEqual([{ graph: prompt, promptId, status: 202 }])
})

it.each<[string, string, RequestInit, ServiceName]>([
  ['another service', 'http://127.0.0.1:8188/prompt', post(JSON.stringify({ prompt })), 'gcs'],
  ['a question', 'http://127.0.0.1:8188/prompt', { method: 'GET' }, 'comfyui'],
  ['another route', 'http://127.0.0.1:8188/prompts', post(JSON.stringify({ prompt })), 'comfyui'],
  ['no workflow', 'http://127.0.0.1:8188/prompt', post('{}'), 'comfyui'],
  ['no JSON', 'http://127.0.0.1:8188/prompt', post('{'), 'comfyui'],
])('takes %s for no workflow', async (_, url, init, service) => {
  expect((await seen(url, init, service)).workflows).toEqual([])
})
