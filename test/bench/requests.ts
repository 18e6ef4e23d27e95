import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, request } from 'undici'

/** Prints the requests per second of one undici client, one request after the other, through the way that is named. */
const ROUNDS = 3_000
const body = JSON.stringify({ text: 'x'.repeat(8_192) })
const json = { 'content-type': 'application/json' }

const ways: Record<string, () => Promise<string>> = {
  async loopback() {
    const server = createServer((_, response) => response.writeHead(200, json).end(body)).listen(0, '127.0.0.1')
    await new Promise((listening) => server.on('listening', listening))
    server.unref()
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/queue`
  },
  async wire() {
    const { installNetwork } = await import('../../src/network/install.ts')
    const { hostTable } = await import('../../src/network/safety/host-table.ts')
    const url = new URL('http://comfy.test:8188')
    const http = async () => new Response(body, { headers: json })
    await installNetwork({ services: [{ name: 'comfyui', http }], hosts: hostTable(url) })
    return `${url.origin}/queue`
  },
  async msw() {
    const { http, HttpResponse } = await import('msw')
    const { defineNetwork, InterceptorSource } = await import('msw/experimental')
    const { HttpRequestInterceptor } = await import('@mswjs/interceptors/http')
    const handlers = [http.get('http://comfy.test:8188/queue', () => new HttpResponse(body, { headers: json }))]
    const network = defineNetwork({
      sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor()] })],
      handlers,
      // Without it MSW prints every exchange.
      context: { quiet: true },
    })
    await network.enable()
    return 'http://comfy.test:8188/queue'
  },
  async nock() {
    const { default: nock } = await import('nock')
    nock('http://comfy.test:8188').persist().get('/queue').reply(200, body, json)
    return 'http://comfy.test:8188/queue'
  },
}

const url = await ways[process.argv[2] ?? '']!()
const dispatcher = new Agent({ connections: 1, allowH2: false })
const ask = async () => {
  const answer = await request(url, { dispatcher })
  if ((await answer.body.text()).length !== body.length) throw new Error('the answer is not whole')
}
for (let warm = 0; warm < 300; warm += 1) await ask()
const started = performance.now()
for (let round = 0; round < ROUNDS; round += 1) await ask()
console.log(ROUNDS / ((performance.now() - started) / 1000))
process.exit()
