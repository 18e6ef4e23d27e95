import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import type { PromptEvent } from '../../../src/clients/clients.ts'
import { type ComfyuiOptions, createComfyuiClient } from '../../../src/clients/comfyui/comfyui.ts'
import { type LoopbackOptions, recorded, startLoopback } from '../loopback-comfyui.ts'

const PROMPT_ID = '7d3f9a52-3c0c-5d0e-8f4e-4a5a0d9e6b21'

async function reach(options: LoopbackOptions = {}, more: Partial<ComfyuiOptions> = {}) {
  const server = await startLoopback(options)
  const client = createComfyuiClient({ url: server.url, clientId: 'one-client', ...more })
  onTestFinished(async () => {
    await client.close()
    await server.close()
  })
  return { server, client }
}

it('opens below the base path with client id, token and headers, and announces its features first', async () => {
  const { server, client } = await reach({ base: '/comfy' }, { token: 'secret', headers: { 'X-Tenant': 'blue' } })
  await client.connect()
  await client.connect()
  await expect.poll(() => server.heard).toHaveLength(1)
  expect(server.upgrades.map(({ url }) => url)).toEqual(['/comfy/ws?clientId=one-client'])
  expect(server.upgrades[0]!.headers).toMatchObject({ authorization: 'Bearer secret', 'x-tenant': 'blue' })
  expect(server.heard).toEqual(['{"type":"feature_flags","data":{"supports_preview_metadata":true}}'])
})

it('gives another WebSocket constructor the address and nothing else', async () => {
  const given: unknown[][] = []
  class Watched extends WebSocket {
    constructor(...args: [string]) {
      super(...args)
      given.push(args)
    }
  }
  const { server, client } = await reach({}, { webSocket: Watched })
  await client.connect()
  const { promptId } = await client.submit({ promptId: PROMPT_ID, graph: recorded('high').prompt })
  expect(await client.follow(promptId, () => {})).toMatchObject({ status: 'success' })
  expect(given).toEqual([[`ws://${server.url.host}/ws?clientId=one-client`]])
})

it('says that a socket is refused', async () => {
  const { client } = await reach({ base: '/comfy' })
  const elsewhere = createComfyuiClient({ url: new URL('/other/', client.address), clientId: 'x' })
  await expect(elsewhere.connect()).rejects.toMatchObject({
    code: 'PR_COMFY_UNREACHABLE',
    message: `GET ws://${client.address.host}/other/ws: ComfyUI does not answer: Unexpected server response: 400`,
    hint: 'start ComfyUI, or give its address with --comfyui-url',
  })
  await elsewhere.close()
})

it('goes on trying to open a socket that was refused, and hears of prompts once it is open', async () => {
  let refusals = 3
  class Refused extends WebSocket {
    constructor(url: string) {
      super(refusals > 0 ? url.replace('/ws', '/nowhere') : url)
      refusals -= 1
    }
  }
  const { server, client } = await reach({}, { webSocket: Refused })
  await expect(client.connect()).rejects.toMatchObject({ code: 'PR_COMFY_UNREACHABLE' })
  client.keepConnecting()
  client.keepConnecting()
  await expect.poll(() => server.sockets.has('one-client')).toBe(true)
  expect(refusals).toBe(-1)
  const events: PromptEvent[] = []
  const { promptId } = await client.submit({ promptId: PROMPT_ID, graph: recorded('high').prompt })
  expect(await client.follow(promptId, (event) => events.push(event))).toMatchObject({ status: 'success' })
  expect(events.map(({ kind }) => kind)).toContain('executing')
})

it('does not go on trying once it is closed', async () => {
  let tries = 0
  class Refused extends WebSocket {
    constructor(url: string) {
      super(url.replace('/ws', '/nowhere'))
      tries += 1
    }
  }
  const { client } = await reach({}, { webSocket: Refused })
  await client.connect().catch(() => {})
  client.keepConnecting()
  await client.close()
  await pause(400)
  expect(tries).toBe(1)
})

it('finishes a job whose socket breaks, with one look at the history', async () => {
  const { server, client } = await reach({
    onFrame(frame, socket) {
      if (!frame.includes('execution_success')) return true
      socket.terminate()
      return false
    },
  })
  await client.connect()
  const events: PromptEvent[] = []
  const { promptId } = await client.submit({ promptId: PROMPT_ID, graph: recorded('high').prompt })
  expect(await client.follow(promptId, (event) => events.push(event))).toMatchObject({ status: 'success' })
  expect(events.filter(({ kind }) => kind === 'socket')).toEqual([
    { kind: 'socket', state: 'closed', detail: 'code 1006' },
    { kind: 'socket', state: 'reconnecting', detail: 'attempt 1 in 250 ms' },
  ])
  expect(server.requests()).toEqual(['POST /prompt', `GET /history/${PROMPT_ID}`])
})

it('opens the next socket only after the last has closed, and goes on with the prompt', async () => {
  let open = 0
  let most = 0
  const waiting = `{"queue_running": [[1, "${PROMPT_ID}", {}, {}, []]], "queue_pending": []}`
  const { server, client } = await reach({
    instead({ method, path }, response) {
      if (method === 'GET' && path === '/queue') response.end(waiting)
      else if (method === 'POST') response.end(`{"prompt_id": "${PROMPT_ID}", "number": 1, "node_errors": {}}`)
      else return false
      return true
    },
  })
  const count = () => {
    const socket = server.sockets.get('one-client')!
    most = Math.max(most, ++open)
    socket.on('close', () => open--)
    return socket
  }
  await client.connect()
  await expect.poll(() => server.sockets.has('one-client')).toBe(true)
  const first = count()
  const events: PromptEvent[] = []
  await client.submit({ promptId: PROMPT_ID, graph: {} })
  const following = client.follow(PROMPT_ID, (event) => events.push(event))
  first.close(1012, 'service restart')
  await expect.poll(() => server.upgrades).toHaveLength(2)
  const second = count()
  // What the server tells first on a reconnect has no prompt id; then the prompt goes on.
  second.send(`{"type": "execution_start", "data": {"prompt_id": "${PROMPT_ID}"}}`)
  second.send('{"type": "executing", "data": {"node": "10"}}')
  server.history.set(PROMPT_ID, recorded('high').history!.replaceAll(recorded('high').promptId!, PROMPT_ID))
  second.send(`{"type": "executing", "data": {"node": null, "prompt_id": "${PROMPT_ID}"}}`)
  expect(await following).toMatchObject({ status: 'success' })
  expect(most).toBe(1)
  expect(events.filter(({ kind }) => kind !== 'queue' && kind !== 'look')).toEqual([
    { kind: 'socket', state: 'closed', detail: 'code 1012: service restart' },
    { kind: 'socket', state: 'reconnecting', detail: 'attempt 1 in 250 ms' },
    { kind: 'socket', state: 'open', detail: server.url.host },
    { kind: 'started' },
    { kind: 'executing', node: '10' },
  ])
})

it('passes on previews and leaves out what belongs to other prompts', async () => {
  const { server, client } = await reach({
    instead({ method, path }, response) {
      if (method !== 'POST' || path !== '/prompt') return false
      response.end(`{"prompt_id": "${PROMPT_ID}", "number": 1, "node_errors": {}}`)
      return true
    },
  })
  await client.connect()
  await client.submit({ promptId: PROMPT_ID, graph: {} })
  const socket = server.sockets.get('one-client')!
  const events: PromptEvent[] = []
  const following = client.follow(PROMPT_ID, (event) => events.push(event))
  socket.send('{"type": "executing", "data": {"node": "1", "prompt_id": "somebody else\'s"}}')
  socket.send(Buffer.from('00000001000000010badcafe', 'hex'))
  socket.send(`{"type": "execution_start", "data": {"prompt_id": "${PROMPT_ID}"}}`)
  socket.send(Buffer.from('0000000100000001ffd8ffe0', 'hex'))
  server.history.set(PROMPT_ID, recorded('high').history!.replaceAll(recorded('high').promptId!, PROMPT_ID))
  socket.send(`{"type": "executing", "data": {"node": null, "prompt_id": "${PROMPT_ID}"}}`)
  await following
  expect(events.filter(({ kind }) => kind !== 'queue')).toEqual([
    { kind: 'started' },
    { kind: 'preview', node: null, mimeType: 'image/jpeg', image: Uint8Array.of(0xff, 0xd8, 0xff, 0xe0) },
  ])
})

it('does not open again once it is closed', async () => {
  const { server, client } = await reach()
  await client.connect()
  await client.close()
  await pause(400)
  expect(server.upgrades).toHaveLength(1)
})
