import { expect, it, onTestFinished } from 'vitest'
import { createComfyuiClient } from '../../../src/clients/comfyui/comfyui.ts'
import { recorded, startLoopback } from '../loopback-comfyui.ts'

const PROMPT_ID = '7d3f9a52-3c0c-5d0e-8f4e-4a5a0d9e6b21'

/** Answers for `METHOD /path`; every other route is that of the recorded server. */
async function reach(answers: Record<string, { status?: number; body: string }> = {}) {
  const server = await startLoopback({
    instead({ method, path }, response) {
      const answer = answers[`${method} ${path}`]
      if (answer === undefined) return false
      response.writeHead(answer.status ?? 200).end(answer.body)
      return true
    },
  })
  const client = createComfyuiClient({ url: server.url, clientId: 'one-client' })
  onTestFinished(async () => {
    await client.close()
    await server.close()
  })
  const bodies = () => server.seen.map(({ method, path, body }) => `${method} ${path} ${body}`.trim())
  return { server, client, bodies }
}

const item = (number: number, id: string) => [number, id, {}, {}, []]

it('sends graph, ids and extra data', async () => {
  const { server, client } = await reach()
  const { prompt } = recorded('high')
  const extraData = { prompt_runner: { type: 'high_noise_render', job: 1 } }
  expect(await client.submit({ promptId: PROMPT_ID, graph: prompt, extraData })).toEqual({
    promptId: PROMPT_ID,
  })
  expect(JSON.parse(server.seen[0]!.body.toString())).toEqual({
    prompt_id: PROMPT_ID,
    prompt,
    client_id: 'one-client',
    extra_data: extraData,
  })
})

it('takes a prompt back of which a part would be left out', async () => {
  const running = JSON.stringify({ queue_running: [item(1, PROMPT_ID)], queue_pending: [] })
  const { client, bodies } = await reach({ 'GET /queue': { body: running } })
  const submitted = client.submit({ promptId: PROMPT_ID, graph: recorded('partial').prompt })
  await expect(submitted).rejects.toMatchObject({
    code: 'PR_COMFY_REJECTED',
    problems: [
      { file: 'node 16 "Save video" (SaveVideo)', message: 'input filename_prefix: Required input is missing' },
    ],
  })
  expect(bodies().slice(1)).toEqual([
    `POST /queue {"delete":["${PROMPT_ID}"]}`,
    'GET /queue',
    `POST /interrupt {"prompt_id":"${PROMPT_ID}"}`,
  ])
})

it('uses the id of a server that makes its own', async () => {
  const { client, server } = await reach({
    'POST /prompt': { body: '{"prompt_id": "another-id", "number": 1, "node_errors": {}}' },
  })
  await client.connect()
  const { promptId } = await client.submit({ promptId: PROMPT_ID, graph: {} })
  server.history.set(
    'another-id',
    '{"another-id": {"outputs": {}, "status": {"status_str": "success", "messages": []}}}',
  )
  expect(await client.follow(promptId, () => {})).toMatchObject({ promptId: 'another-id', status: 'success' })
})

it.each([
  [
    'a 400 that is none of ComfyUI',
    400,
    '<html><title>Bad Request</title></html>',
    'answered 400: an HTML page titled "Bad Request"',
  ],
  [
    'a 500',
    500,
    '500 Internal Server Error\n\nServer got itself in trouble',
    'answered 500: 500 Internal Server Error Server got itself',
  ],
  ['a 200 without an id', 200, '{"status": "ok"}', 'answered what it never should: {"status": "ok"}'],
])('shows %s on submission', async (_, status, body, said) => {
  const { client } = await reach({ 'POST /prompt': { status, body } })
  await expect(client.submit({ promptId: PROMPT_ID, graph: {} })).rejects.toMatchObject({
    code: 'PR_COMFY_HTTP',
    message: expect.stringContaining(said),
  })
})

it('puts the queue into the order in which it runs', async () => {
  const pending = [item(-11, 'd'), item(-5, 'a'), item(3, 'c'), item(10, 'b'), item(1.5, 'f'), item(3, 'a')]
  const { client } = await reach({
    'GET /queue': { body: JSON.stringify({ queue_running: [item(0, 'r')], queue_pending: pending }) },
  })
  expect(await client.queue()).toEqual({ running: ['r'], pending: ['d', 'a', 'f', 'a', 'c', 'b'] })
})

it('interrupts a prompt only while it is the one that runs', async () => {
  const { client, bodies } = await reach({
    'GET /queue': {
      body: JSON.stringify({ queue_running: [item(0, "somebody else's")], queue_pending: [item(1, PROMPT_ID)] }),
    },
  })
  await client.interrupt(PROMPT_ID)
  await client.interrupt()
  expect(bodies()).toEqual(['GET /queue', 'POST /interrupt {}'])
})

it('sends what the other commands mean', async () => {
  const { client, bodies } = await reach()
  await client.deleteQueued(['a', 'b'])
  await client.free({ unloadModels: true })
  expect(bodies()).toEqual([
    'POST /queue {"delete":["a","b"]}',
    'POST /free {"unload_models":true,"free_memory":false}',
  ])
})

it('knows no features of a server that has no such route', async () => {
  const { client } = await reach({ 'GET /features': { status: 404, body: '' } })
  expect(await client.features()).toEqual({})
})

it('tells memory and devices in bytes', async () => {
  const { client } = await reach()
  expect(await client.systemStats()).toEqual({
    comfyuiVersion: '0.3.64',
    ramTotal: 25276063744,
    devices: [{ name: 'cpu', type: 'cpu', vramTotal: 25276063744 }],
  })
})

it('lists the files of a model folder', async () => {
  const { client } = await reach({
    'GET /models': { body: '["loras", "vae"]' },
    'GET /models/loras': { body: '["wan2.2_high_t2v.safetensors"]' },
  })
  expect([await client.models(), await client.models('loras')]).toEqual([
    ['loras', 'vae'],
    ['wan2.2_high_t2v.safetensors'],
  ])
})

it('gives node classes as text, so that no large integer is rounded', async () => {
  const body = '{"K": {"input": {"required": {"seed": ["INT", {"max": 18446744073709551615}]}}}}'
  const { client } = await reach({ 'GET /object_info': { body }, 'GET /object_info/K%2FL': { body: '{}' } })
  expect([await client.objectInfoText(), await client.objectInfoText('K/L')]).toEqual([body, '{}'])
})

it('shows an answer of another shape', async () => {
  const { client } = await reach({ 'GET /queue': { body: '{"detail": "not here"}' } })
  await expect(client.queue()).rejects.toMatchObject({
    code: 'PR_COMFY_HTTP',
    message: expect.stringMatching(/\/queue: ComfyUI answered what it never should: \{"detail": "not here"\}$/),
  })
})
