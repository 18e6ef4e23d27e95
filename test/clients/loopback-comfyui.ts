import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { isDeepStrictEqual } from 'node:util'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Graph } from '../../src/domain/graph.ts'

/** A prompt as a real server answered it (fixtures/comfyui/README.md). */
export interface Recorded {
  readonly prompt: Graph
  readonly status: number
  readonly body: string
  readonly promptId?: string
  readonly frames?: readonly string[]
  readonly history?: string
}

export const recorded = (name: string): Recorded => JSON.parse(readFileSync(`fixtures/comfyui/${name}.json`, 'utf8'))

export interface LoopbackOptions {
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Mounts everything below this path. */
  readonly base?: string
  /** Answers a request instead of the server, or returns false. */
  readonly instead?: (request: Seen, response: ServerResponse) => boolean
  /** Called for each frame before it is sent; false drops it. */
  readonly onFrame?: (frame: string, socket: WebSocket) => boolean
}

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** A server on loopback that replays recorded prompts to whoever submits their graphs. */
export async function startLoopback(options: LoopbackOptions = {}) {
  const seen: Seen[] = []
  const upgrades: IncomingMessage[] = []
  const sockets = new Map<string, WebSocket>()
  const heard: string[] = []
  const history = new Map<string, string>()
  const files = new Map([['high_00001_.latent', readFileSync('fixtures/comfyui/high_00001_.latent')]])
  const prompts = PROMPTS.map(recorded)
  const others: Record<string, string> = JSON.parse(readFileSync('fixtures/comfyui/server.json', 'utf8'))
  const base = options.base ?? ''

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const path = (incoming.url ?? '').slice(base.length)
    const request: Seen = { method: incoming.method!, path, headers: incoming.headers, body: await buffer(incoming) }
    seen.push(request)
    if (options.instead?.(request, response)) return
    const answer = await route(request)
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()))
  }

  async function route({ method, path, headers, body }: Seen): Promise<Response> {
    const url = new URL(path, 'http://loopback')
    const id = url.pathname.startsWith('/history/') ? url.pathname.slice('/history/'.length) : null
    if (id !== null) return json(history.get(id) ?? '{}')
    if (method === 'GET' && url.pathname === '/queue') return json('{"queue_running": [], "queue_pending": []}')
    if (method === 'GET' && url.pathname === '/prompt') return json('{"exec_info": {"queue_remaining": 0}}')
    if (method === 'POST' && url.pathname === '/prompt') return prompt(JSON.parse(body.toString()))
    if (method === 'POST' && url.pathname === '/upload/image') return upload(body, headers['content-type']!)
    if (method === 'POST') return new Response(null)
    if (url.pathname === '/view') return view(files.get(url.searchParams.get('filename')!))
    const other = others[url.pathname.slice(1)]
    return other === undefined ? new Response(null, { status: 404 }) : json(other)
  }

  function prompt(sent: { prompt: Graph; prompt_id: string; client_id: string }): Response {
    const found = prompts.find((candidate) => isDeepStrictEqual(candidate.prompt, sent.prompt))
    if (found === undefined) return new Response('no such recording', { status: 500 })
    const mine = (text: string) => (found.promptId ? text.replaceAll(found.promptId, sent.prompt_id) : text)
    queueMicrotask(() => {
      for (const frame of found.frames ?? []) {
        const socket = sockets.get(sent.client_id)
        if (frame.includes('"executing", "data": {"node": null') && found.history)
          history.set(sent.prompt_id, mine(found.history))
        if (socket && (options.onFrame?.(frame, socket) ?? true)) socket.send(mine(frame))
      }
    })
    return json(mine(found.body), found.status)
  }

  async function upload(body: Buffer, type: string): Promise<Response> {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
    const image = form.get('image') as File
    const bytes = Buffer.from(await image.arrayBuffer())
    const [stem, extension] = image.name.split('.')
    let name = image.name
    for (let i = 1; files.has(name) && !files.get(name)!.equals(bytes); i++) name = `${stem} (${i}).${extension}`
    files.set(name, bytes)
    return json(JSON.stringify({ name, subfolder: form.get('subfolder') ?? '', type: form.get('type') ?? 'input' }))
  }

  const server = options.tls ? createTlsServer(options.tls, handle) : createServer(handle)
  const socketServer = new WebSocketServer({ server, path: `${base}/ws` })
  socketServer.on('connection', (socket, request) => {
    upgrades.push(request)
    sockets.set(new URL(request.url!, 'http://loopback').searchParams.get('clientId')!, socket)
    socket.on('message', (data) => heard.push(String(data)))
    socket.send('{"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}, "sid": "x"}}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: new URL(`${options.tls ? 'https' : 'http'}://127.0.0.1:${port}${base}`),
    seen,
    upgrades,
    heard,
    history,
    sockets,
    files,
    requests: () => seen.map(({ method, path }) => `${method} ${path}`),
    async close() {
      for (const socket of socketServer.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const PROMPTS = [
  ...['high', 'low', 'interrupted', 'bad-codec', 'partial'],
  ...['unknown-lora', 'missing-latent', 'missing-video', 'unknown-class'],
]

function json(text: string, status = 200): Response {
  return new Response(text, { status, headers: { 'content-type': 'application/json; charset=utf-8' } })
}

function view(bytes: Buffer | undefined): Response {
  if (bytes === undefined) return new Response(null, { status: 404 })
  return new Response(new Uint8Array(bytes), { headers: { 'content-length': String(bytes.length) } })
}
