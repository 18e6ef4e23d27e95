import http from 'node:http'
import { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import nock from 'nock'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { InstalledNetwork } from '../../../src/network/install.ts'
import { mswEngine } from '../../../src/network/libraries/msw-engine.ts'
import { echoService, MIB } from '../echo-service.ts'
import { COMFYUI, echoNetwork } from '../network.ts'

const services = [echoService('comfyui'), echoService('gcs'), echoService('runpod')]
const install = () => echoNetwork({ services, engine: mswEngine })
const origins = [COMFYUI, 'https://storage.googleapis.com', 'https://api.runpod.io']
const dispatcher = new Agent({ connections: 8, allowH2: false })
let network: InstalledNetwork

// nock is active once it is imported; the engine has to find it at rest.
nock.restore()
const socketConnect = Socket.prototype.connect
beforeAll(async () => {
  network = await install()
})
afterAll(async () => {
  await network[Symbol.asyncDispose]()
  expect(Socket.prototype.connect).toBe(socketConnect)
  expect(nock.isActive()).toBe(false)
})

const clients: Record<string, (url: string) => Promise<string>> = {
  'undici.request': async (url) => (await request(url, { dispatcher })).body.text(),
  fetch: async (url) => (await fetch(url)).text(),
  'node:http(s)': async (url) => {
    const { get } = url.startsWith('https:') ? await import('node:https') : http
    return new Promise((resolve, reject) => get(url, (answer) => resolve(text(answer))).on('error', reject))
  },
}
const ways = (bases: readonly string[]) =>
  Object.keys(clients).flatMap((name) => bases.map((base) => [name, base] as const))

it.each(ways(origins))('answers %s at %s', async (name, base) => {
  expect(await clients[name]!(`${base}/where?a=1`)).toBe(JSON.stringify({ url: `${base}/where?a=1` }))
})

it.each(ways(['http://unknown.test', 'https://unknown.test', 'http://127.0.0.1:8189']))(
  'refuses %s at %s',
  async (name, base) => {
    const { protocol, host } = new URL(base)
    const target = host.includes(':') ? host : `${host}:${protocol === 'https:' ? 443 : 80}`
    await expect(clients[name]!(`${base}/clip.mp4`)).rejects.toThrow()
    expect(network.report().refused).toContainEqual({ kind: 'connection', target })
  },
)

it.each(origins)('carries a body of 24 MiB to %s', async (base) => {
  const body = Buffer.alloc(24 * MIB, 7)
  const { body: answer } = await request(`${base}/count`, { method: 'POST', dispatcher, body })
  expect(await answer.json()).toMatchObject({ size: body.length })
})

it('answers a defect of a simulator with 500', async () => {
  const { statusCode, body } = await request(`${COMFYUI}/broken`, { dispatcher })
  await body.dump()
  expect(statusCode).toBe(500)
})

it('lets a client give up', async () => {
  const given = request(`${COMFYUI}/never`, { dispatcher, signal: AbortSignal.timeout(20) })
  await expect(given).rejects.toThrow(/abort|timeout/i)
})

it('can be put in place again', async () => {
  await network[Symbol.asyncDispose]()
  network = await install()
  expect(await clients['fetch']!(`${COMFYUI}/where`)).toBe(JSON.stringify({ url: `${COMFYUI}/where` }))
  expect(network.report()).toMatchObject({ requests: { comfyui: 1 }, refused: [], realConnections: 0 })
})
