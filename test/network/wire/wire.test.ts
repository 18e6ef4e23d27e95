import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { connect as connectTls } from 'node:tls'
import { Agent, ProxyAgent, request } from 'undici'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { InstalledNetwork } from '../../../src/network/install.ts'
import { type Alive, alive } from '../../support/alive.ts'
import { chosenBytes } from '../../support/seeded.ts'
import { flow, MIB } from '../echo-service.ts'
import { COMFYUI, echoNetwork } from '../network.ts'

const GCS = 'https://storage.googleapis.com'
let network: InstalledNetwork
const dispatcher = new Agent({ connections: 8, allowH2: false })

beforeAll(async () => {
  network = await echoNetwork()
})
afterAll(() => network[Symbol.asyncDispose]())

const clients: Record<string, (url: string) => Promise<string>> = {
  'undici.request': async (url) => (await request(url, { dispatcher })).body.text(),
  fetch: async (url) => (await fetch(url)).text(),
  'node:http(s)': (url) => nodeGet(url),
  'node:http(s) with a keep-alive agent': async (url) => {
    const agent = url.startsWith('https:') ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true })
    await nodeGet(url, agent)
    return nodeGet(url, agent)
  },
  'undici through a proxy': async (url) =>
    (await request(url, { dispatcher: new ProxyAgent('http://proxy.test:3128') })).body.text(),
  'undici through a TLS proxy': async (url) =>
    (await request(url, { dispatcher: new ProxyAgent('https://proxy.test:3129') })).body.text(),
  'node:http(s) through a proxy of the environment': (url) => {
    const proxyEnv = { HTTP_PROXY: 'http://proxy.test:3128', HTTPS_PROXY: 'http://proxy.test:3128' }
    return nodeGet(url, url.startsWith('https:') ? new https.Agent({ proxyEnv }) : new http.Agent({ proxyEnv }))
  },
  'node:http(s) through a tunnel of its own': async (url) => {
    const { protocol, hostname, port } = new URL(url)
    const authority = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
    const tunnel = connect(3128, 'proxy.test')
    tunnel.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`)
    await once(tunnel, 'data')
    const options = { socket: tunnel, servername: hostname, host: 'proxy.test', port: 3128 }
    return nodeGet(url, undefined, () => (protocol === 'https:' ? connectTls(options) : tunnel))
  },
}

it.each(Object.keys(clients).flatMap((name) => [COMFYUI, GCS].map((base) => [name, base] as const)))(
  'answers %s at %s',
  async (name, base) => {
    expect(await clients[name]!(`${base}/where?a=1`)).toBe(JSON.stringify({ url: `${base}/where?a=1` }))
  },
)

it.each(
  Object.keys(clients).flatMap((name) =>
    ['http://unknown.test', 'https://unknown.test'].map((base) => [name, base] as const),
  ),
)('refuses %s at %s', async (name, base) => {
  await expect(clients[name]!(`${base}/where`)).rejects.toThrow()
  expect(network.report().refused).toContainEqual({
    kind: 'connection',
    target: `unknown.test:${base.startsWith('https') ? 443 : 80}`,
  })
})

it('tells the caller what was refused and why', async () => {
  await expect(request('http://unknown.test/')).rejects.toMatchObject({
    code: 'ECONNREFUSED',
    message: 'connect ECONNREFUSED unknown.test:80: nothing is simulated there, and a dry run opens no real connection',
  })
})

it('refuses a unix socket', async () => {
  await expect(refusalOf({ path: '/run/docker.sock' })).resolves.toBe(
    'connect ECONNREFUSED /run/docker.sock: a dry run opens no unix socket',
  )
  expect(network.report().refused).toContainEqual({ kind: 'unix-socket', target: '/run/docker.sock' })
})

it('refuses a client that waits for the server to speak first', async () => {
  await expect(refusalOf({ host: 'smtp.test', port: 25 })).resolves.toMatch('ECONNREFUSED smtp.test:25')
})

it('refuses a client that speaks HTTP/2 only', async () => {
  const h2 = await import('node:http2')
  const session = h2.connect(GCS)
  const error = await new Promise<Error>((resolve) => session.on('error', resolve))
  expect(error.message).toMatch('storage.googleapis.com:443 (HTTP/2 only)')
})

it('serves HTTP/1.1 to a client that would rather have HTTP/2', async () => {
  const response = await request(`${GCS}/where`, { dispatcher: new Agent({ allowH2: true }) })
  expect(await response.body.json()).toEqual({ url: `${GCS}/where` })
})

it('carries any bytes to the server and back', async () => {
  const bytes = chosenBytes(300_000, 'upload')
  const response = await request(`${COMFYUI}/echo`, { method: 'POST', dispatcher, body: bytes })
  expect(Buffer.from(await response.body.arrayBuffer()).equals(bytes)).toBe(true)
})

it.each([
  [200, '0'],
  [308, '0'],
  [204, undefined],
  [304, undefined],
])('says of an empty answer with status %i that its length is %s', async (status, length) => {
  const { headers, body } = await request(`${GCS}/empty/${status}`, { dispatcher })
  await body.dump()
  expect([headers['content-length'], headers['transfer-encoding']]).toEqual([length, undefined])
})

it.each([COMFYUI, GCS])('lets neither side of %s run ahead of the other', async (base) => {
  let ahead = 0
  const body = Readable.from(
    (function* () {
      for (let sent = 0; sent < 24; sent += 1) {
        if (sent > 0) ahead = Math.max(ahead, sent * MIB - flow.read)
        yield Buffer.alloc(MIB, sent)
      }
    })(),
    { highWaterMark: 1 },
  )
  const up = await request(`${base}/count`, { method: 'POST', dispatcher, body })
  expect(await up.body.json()).toMatchObject({ size: 24 * MIB })
  expect(ahead).toBeLessThan(6 * MIB)

  const down = await request(`${base}/bytes/${24 * MIB}`, { dispatcher })
  let size = 0
  ahead = 0
  for await (const chunk of down.body) {
    size += chunk.length
    await new Promise(setImmediate)
    ahead = Math.max(ahead, flow.written - size)
  }
  expect(size).toBe(24 * MIB)
  expect(ahead).toBeLessThan(6 * MIB)
})

it.each([COMFYUI, GCS])(
  'sends one upload after the other to %s through one connection, and holds none',
  async (base) => {
    const { Agent: AgentOf, request: put } = base.startsWith('https:') ? https : http
    const agent = new AgentOf({ keepAlive: true })
    const size = 2 * MIB
    const sent = alive<ArrayBufferLike>()
    for (let upload = 0; upload < 6; upload += 1) {
      const options = { method: 'POST', agent, headers: { 'content-length': size } }
      const sending = put(`${base}/echo`, options)
      // As Google's client does it: what ends the body is asked for only once the last piece is written.
      const [[response]] = await Promise.all([
        once(sending, 'response'),
        pipeline(Readable.from(pieces(size, sent), { highWaterMark: 1 }), sending),
      ])
      expect((await buffer(response)).length).toBe(size)
    }
    await expect.poll(() => Object.values(agent.freeSockets).flat().length).toBe(1)
    expect(agent.sockets).toEqual({})
    // The last piece of the last upload may still stand in a variable of a stream.
    expect(await sent.count()).toBeLessThanOrEqual(1)
    agent.destroy()
  },
)

it('keeps 20 requests at a time apart', async () => {
  const numbers = Array.from({ length: 200 }, (_, index) => index)
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, lane) => {
      const mine = numbers.filter((number) => number % 20 === lane)
      const urls: string[] = []
      for (const number of mine) {
        const response = await request(`${COMFYUI}/where?n=${number}`, { dispatcher })
        urls.push(((await response.body.json()) as { url: string }).url)
      }
      return urls
    }),
  )
  expect(answers.flat().toSorted()).toEqual(numbers.map((number) => `${COMFYUI}/where?n=${number}`).toSorted())
})

it.each([COMFYUI, GCS])('tells a client of %s at once that the service breaks off', async (base) => {
  // The server under it tells what broke.
  const said = vi.spyOn(console, 'error').mockReturnValue()
  const { body } = await request(`${base}/half`, { dispatcher })
  await expect(body.arrayBuffer()).rejects.toThrow('other side closed')
  await expect(nodeGet(`${base}/half`)).rejects.toThrow('aborted')
  expect(said).toHaveBeenCalledTimes(2)
  said.mockRestore()
})

it('lets a client give up', async () => {
  await expect(request(`${COMFYUI}/never`, { dispatcher, signal: AbortSignal.timeout(20) })).rejects.toThrow(
    /abort|timeout/i,
  )
})

async function* pieces(size: number, seen: Alive<ArrayBufferLike>) {
  for (let left = size; left > 0; left -= MIB / 16) {
    const piece = Buffer.alloc(MIB / 16)
    seen.add(piece.buffer)
    yield piece
  }
}

function nodeGet(url: string, agent?: http.Agent, createConnection?: () => Socket): Promise<string> {
  // With a connection of its own, Node takes 80 for the default port of https too and says so in the Host header.
  const [get, defaultPort] = url.startsWith('https:') ? [https.get, 443] : [http.get, 80]
  return new Promise((resolve, reject) => {
    get(url, { agent, createConnection, defaultPort }, (response) => resolve(answerText(response))).on('error', reject)
  })
}

async function answerText(response: http.IncomingMessage): Promise<string> {
  if (response.statusCode === 200) return text(response)
  response.resume()
  throw new Error(`status ${response.statusCode}`)
}

function refusalOf(where: { path: string } | { host: string; port: number }): Promise<string> {
  return new Promise((resolve) => connect(where).on('error', (error) => resolve(error.message)))
}
