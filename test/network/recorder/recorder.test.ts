import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { installRecorder } from '../../../src/network/recorder/recorder.ts'
import { hostTable } from '../../../src/network/safety/host-table.ts'
import { finishRecording } from '../../../src/recording/finish-recording.ts'
import type { LoadedEntry } from '../../../src/recording/loaded-entry.ts'
import { readHar } from '../../../src/recording/read-har.ts'
import { recordRedactor } from '../../../src/recording/record-redactor.ts'
import { chosenBytes } from '../../support/seeded.ts'

/** A server on loopback that answers with what it was sent, counts bodies of `/count`, and echoes on sockets. */
async function realServer(): Promise<URL> {
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const type = incoming.headers['content-type'] ?? 'text/plain'
    if (incoming.url === '/nothing') response.writeHead(204).end()
    else response.writeHead(200, { 'content-type': type, 'x-private': 'otter' }).end(Buffer.concat(chunks))
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      if (data.toString() === 'close me') socket.close(4001, 'as asked')
      else socket.send(data, { binary: isBinary })
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

async function recorded(
  url: URL,
  work: () => Promise<void>,
): Promise<{ folder: string; entries: readonly LoadedEntry[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'pr-forward-'))
  {
    const redactor = recordRedactor({ known: {} })
    await using _recorder = await installRecorder({ folder, redactor, hosts: hostTable(url), ca: null })
    await work()
  }
  finishRecording(folder, { facts: {}, edit: (_, text) => text })
  return { folder, entries: (await readHar(join(folder, 'comfyui.har'))).entries }
}

it('passes requests on to the real server, and writes down both sides', async () => {
  const url = await realServer()
  const film = chosenBytes(300_000, 'film')
  const { folder, entries } = await recorded(url, async () => {
    const json = await request(new URL('/prompt', url), {
      method: 'POST',
      body: '{"seed":12345678901234567890}',
      headers: { 'content-type': 'application/json' },
    })
    expect([json.headers['x-private'], await json.body.text()]).toEqual(['otter', '{"seed":12345678901234567890}'])
    const sent = await request(new URL('/upload', url), {
      method: 'POST',
      body: film,
      headers: { 'content-type': 'video/mp4' },
    })
    expect(Buffer.from(await sent.body.arrayBuffer()).equals(film)).toBe(true)
    expect((await request(new URL('/nothing', url))).statusCode).toBe(204)
  })
  expect(entries.map(({ method, url: { pathname }, status }) => [method, pathname, status])).toEqual([
    ['POST', '/prompt', 200],
    ['POST', '/upload', 200],
    ['GET', '/nothing', 204],
  ])
  const [prompt, upload] = entries
  expect(Buffer.from(prompt!.requestBody()).toString()).toBe('{\n  "seed": 12345678901234567890\n}')
  expect(prompt!.responseHeaders.get('x-private')).toBe('{{secret:x-private}}')
  for (const body of [upload!.requestBody(), upload!.responseBody()]) expect(film.equals(body)).toBe(true)
  expect(readdirSync(join(folder, 'bodies'))).toHaveLength(1)
  expect(readdirSync(folder).toSorted()).toEqual(['bodies', 'comfyui.har'])
})

it('joins sockets: frames both ways, pings, and who closed it and why', async () => {
  const url = await realServer()
  const closed: unknown[] = []
  const { entries } = await recorded(url, async () => {
    const socket = new WebSocket(new URL('/ws?clientId=1', url))
    const heard = (event: string) => new Promise<unknown[]>((resolve) => socket.once(event, (...args) => resolve(args)))
    await heard('open')
    for (const message of ['{"hello":1}', Buffer.alloc(40_000, 7)]) {
      socket.send(message)
      await heard('message')
    }
    socket.ping('here')
    await heard('pong')
    socket.send('close me')
    const [code, reason] = await heard('close')
    closed.push(code, String(reason))
  })
  expect(closed).toEqual([4001, 'as asked'])
  const frames = Array.from(entries[0]!.frames!).map(({ from, opcode, data }) => [
    from,
    opcode,
    Buffer.from(data()).length,
  ])
  expect(frames).toEqual([
    ['client', 1, 11],
    ['server', 1, 11],
    ['client', 2, 40_000],
    ['server', 2, 40_000],
    ['client', 9, 4],
    ['server', 10, 4],
    ['client', 1, 8],
    ['server', 8, 10],
    ['client', 8, 10],
  ])
})

it('answers as a gateway does when the server is gone', async () => {
  const url = new URL('http://127.0.0.1:9')
  const { entries } = await recorded(url, async () => {
    const { statusCode, body } = await request(new URL('/queue', url))
    expect([statusCode, await body.text()]).toEqual([
      502,
      '127.0.0.1:9 does not answer: connect ECONNREFUSED 127.0.0.1:9\n',
    ])
  })
  expect(entries.map(({ status }) => status)).toEqual([502])
})

it('keeps what was written when it is cut off before the end', async () => {
  const url = await realServer()
  const folder = mkdtempSync(join(tmpdir(), 'pr-forward-'))
  const recorder = await installRecorder({
    folder,
    redactor: recordRedactor({ known: {} }),
    hosts: hostTable(url),
    ca: null,
  })
  await (await request(new URL('/queue', url))).body.dump()
  await recorder[Symbol.asyncDispose]()
  const [line] = readFileSync(join(folder, 'raw/comfyui.jsonl'), 'utf8').trim().split('\n')
  expect(JSON.parse(line!)).toMatchObject({ request: { method: 'GET' }, response: { status: 200 } })
})
