import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import supertest from 'supertest'
import { Agent, request } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { replay } from '../../src/exports/replay.ts'
import { loopbackCertificate } from '../support/certificates.ts'

/** A server of somebody's own, which asks ComfyUI itself. */
const busyServer = () =>
  createServer(async (_, response) => {
    const queue = await fetch('http://127.0.0.1:8188/queue')
    response.end(JSON.stringify({ running: ((await queue.json()) as { queue_running: [] }).queue_running.length }))
  })

async function portOf(server: Server, host?: string): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

it('lets a test ask a server of its own, as supertest starts it, and counts that', async () => {
  await using net = await replay('wan22-two-chunks')
  expect((await supertest(busyServer()).get('/busy')).text).toBe('{"running":0}')
  expect([net.requests.map(({ url }) => url), net.problems()]).toEqual([['http://127.0.0.1:8188/queue'], []])
  expect(net.ownServers).toEqual([{ address: expect.stringMatching(/^127\.0\.0\.1:\d+$/), connections: 1 }])
})

it.each([
  ['127.0.0.1', ['127.0.0.1', 'localhost']],
  ['::1', ['[::1]']],
  ['::', ['127.0.0.1', '[::1]', 'localhost']],
])('knows a server at %s that was there before, by each of its names', async (host, names) => {
  const port = await portOf(busyServer(), host)
  await using net = await replay('wan22-two-chunks')
  for (const name of names) {
    const { body } = await request(`http://${name}:${port}/`, { reset: true })
    expect(await body.json()).toEqual({ running: 0 })
    const response = await fetch(`http://${name}:${port}/`, { headers: { connection: 'close' } })
    expect(await response.json()).toEqual({ running: 0 })
  }
  expect(net.ownServers).toEqual(names.map((name) => ({ address: `${name}:${port}`, connections: 2 })))
  expect(net.problems()).toEqual([])
})

it('lets it be asked by TLS', async () => {
  const port = await portOf(createTlsServer(loopbackCertificate, (_, response) => response.end('otter')))
  await using net = await replay('wan22-two-chunks')
  const dispatcher = new Agent({ connect: { ca: loopbackCertificate.cert } })
  onTestFinished(() => dispatcher.destroy())
  const { body } = await request(`https://127.0.0.1:${port}/`, { dispatcher })
  expect([await body.text(), net.problems()]).toEqual(['otter', []])
})

it('refuses a port of loopback where this process does not listen, and says so', async () => {
  const gone = createServer()
  const port = await portOf(gone, '127.0.0.1')
  await new Promise((closed) => gone.close(closed))
  const net = await replay('wan22-two-chunks')
  await expect(request(`http://127.0.0.1:${port}/`)).rejects.toThrow('a test opens no real connection')
  expect([net.ownServers, net.problems()]).toMatchObject([
    [],
    [
      {
        code: 'PR_EGRESS',
        hint: expect.stringContaining('and no server of this process listens there; check the address'),
      },
    ],
  ])
  await expect(net[Symbol.asyncDispose]()).rejects.toThrow(`127.0.0.1:${port}, which was refused`)
})

it('refuses servers of its own where it is told to', async () => {
  const port = await portOf(busyServer())
  const net = await replay('wan22-two-chunks', { ownServers: false })
  await expect(request(`http://127.0.0.1:${port}/`)).rejects.toThrow('a test opens no real connection')
  await expect(net[Symbol.asyncDispose]()).rejects.toThrow('which was refused')
})
