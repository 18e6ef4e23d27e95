import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { InstalledNetwork } from '../../../src/network/install.ts'
import { echoNetwork } from '../network.ts'

let network: InstalledNetwork
beforeAll(async () => {
  network = await echoNetwork()
})
afterAll(() => network[Symbol.asyncDispose]())

const addresses = ['ws://comfyui.test:8188/ws', 'wss://storage.googleapis.com/ws']

it.each(addresses)('%s carries text, bytes and pings both ways', async (address) => {
  const { socket, messages, next } = await open(address)
  socket.send('text')
  socket.send(Buffer.from([0, 255]))
  await next(3)
  socket.ping('still there?')
  await new Promise((pong) => socket.on('pong', pong))
  socket.close()
  expect(messages).toEqual(['welcome', 'text', Buffer.from([0, 255])])
})

it.each(addresses)('%s carries a message of 5 MiB', async (address) => {
  const { socket, messages, next } = await open(address)
  const large = Buffer.alloc(5 * 1024 * 1024, 7)
  socket.send(large)
  await next(2)
  socket.close()
  expect(large.equals(messages[1] as Buffer)).toBe(true)
})

it.each(addresses)('%s tells the client why the server closes', async (address) => {
  const { socket, closed } = await open(address)
  socket.send('close me')
  expect(await closed).toEqual([4001, 'as you wish'])
})

it.each(addresses)('%s lets the client close with a reason', async (address) => {
  const { socket, closed } = await open(address)
  socket.close(4002, 'enough')
  expect(await closed).toEqual([4002, 'enough'])
})

it.each(addresses)('%s ends when the client breaks off', async (address) => {
  const { socket, closed } = await open(address)
  socket.terminate()
  expect((await closed)[0]).toBe(1006)
})

it.each([
  ['ws://comfyui.test:8188/forbidden', 'Unexpected server response: 403'],
  ['ws://comfyui.test:8188/where', 'Unexpected server response: 200'],
  ['ws://comfyui.test:8188/nowhere', 'Unexpected server response: 501'],
  [
    'ws://unknown.test/ws',
    'connect ECONNREFUSED unknown.test:80: nothing is simulated there, and a dry run opens no real connection',
  ],
])('%s is no socket: %s', async (address, message) => {
  const error = await new Promise<Error>((resolve) => new WebSocket(address).on('error', resolve))
  expect(error.message).toBe(message)
})

async function open(address: string) {
  const socket = new WebSocket(address)
  const messages: Array<string | Buffer> = []
  const closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve([code, reason.toString()])))
  const next = async (count: number) => {
    while (messages.length < count) await new Promise((resolve) => socket.once('message', resolve))
  }
  socket.on('message', (data: Buffer, isBinary) => messages.push(isBinary ? data : data.toString()))
  await next(1)
  return { socket, messages, next, closed: closed as Promise<[number, string]> }
}
