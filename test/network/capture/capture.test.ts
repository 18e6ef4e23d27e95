import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { request } from 'undici'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createCapture } from '../../../src/network/capture/capture.ts'
import type { Har, HarEntry } from '../../../src/recording/har.ts'
import { readHar } from '../../../src/recording/read-har.ts'
import { captured, knownSecrets, mixedTraffic } from '../captured-run.ts'
import { flow, MIB } from '../echo-service.ts'
import { har12 } from '../har-12-schema.ts'
import { COMFYUI } from '../network.ts'

it('writes a traffic.har that is HAR 1.2, with every exchange in the order of its end', async () => {
  const { har } = await captured(mixedTraffic)
  expect(har12.safeParse(har).error).toBeUndefined()
  expect(har.log.entries.map(line)).toEqual([
    'GET http://comfyui.test:8188/where?token={{secret:token}} 200',
    'POST http://comfyui.test:8188/echo 200',
    'POST https://storage.googleapis.com/echo 200',
    'POST https://storage.googleapis.com/count 200',
    'GET http://comfyui.test:8188/bytes/1000 200',
    'GET http://comfyui.test:8188/teapot 501',
    'GET ws://comfyui.test:8188/ws?clientId=1 101',
  ])
})

it('lets no secret through, in any file', async () => {
  const { files } = await captured(mixedTraffic, { redactor: knownSecrets })
  expect(Object.keys(files).length).toBeGreaterThan(2)
  for (const [name, content] of Object.entries(files)) expect(content, name).not.toMatch(/s3cret/)
  expect(files['traffic.har']).toMatch('{{secret:comfyui_token}}')
})

it('keeps text as it was sent', async () => {
  const { har } = await captured(mixedTraffic, { redactor: knownSecrets })
  expect(har.log.entries[1]?.request.postData).toEqual({
    mimeType: 'application/json',
    text: '{"seed": 12345678901234567890, "api_key_comfy_org": "{{secret:api_key_comfy_org}}", "note": "{{secret:comfyui_token}}"}',
    _size: 93,
  })
})

it('hashes what is uploaded and keeps what is downloaded', async () => {
  const { har, files } = await captured(mixedTraffic)
  const sent = sha256(Buffer.alloc(1000, 1))
  const received = sha256(Buffer.alloc(1000, 0))
  expect(har.log.entries[3]?.request.postData).toEqual({ mimeType: 'video/mp4', _sha256: sent, _size: 1000 })
  expect(har.log.entries[4]?.response.content).toEqual({
    mimeType: 'video/mp4',
    _file: `bodies/${received}.mp4`,
    _sha256: received,
    size: 1000,
  })
  expect(Object.keys(files).toSorted()).toEqual([
    `bodies/${received}.mp4`,
    `bodies/${sha256(Buffer.alloc(40_000, 9))}.frame`,
    'traffic.har',
  ])
})

it('keeps uploads too when asked', async () => {
  const { files } = await captured(mixedTraffic, { keepUploads: true })
  expect(files[`bodies/${sha256(Buffer.alloc(1000, 1))}.mp4`]).toBe('\u0001'.repeat(1000))
})

it('writes every frame of a socket, both ways, with pings and closes', async () => {
  const { har } = await captured(mixedTraffic)
  const large = {
    data: '',
    _file: `bodies/${sha256(Buffer.alloc(40_000, 9))}.frame`,
    _sha256: sha256(Buffer.alloc(40_000, 9)),
    _size: 40_000,
  }
  const frames = har.log.entries.at(-1)?._webSocketMessages?.map(({ time, ...frame }) => [Number.isFinite(time), frame])
  const close = Buffer.from([4001 >> 8, 4001 & 255, ...Buffer.from('as you wish')]).toString('base64')
  expect(frames).toEqual([
    [true, { type: 'receive', opcode: 1, data: 'welcome' }],
    [true, { type: 'send', opcode: 1, data: '{"access_token": "{{secret:access_token}}"}' }],
    [true, { type: 'receive', opcode: 1, data: '{"access_token": "{{secret:access_token}}"}' }],
    [true, { type: 'send', opcode: 2, data: 'AQID' }],
    [true, { type: 'receive', opcode: 2, data: 'AQID' }],
    [true, { type: 'send', opcode: 2, ...large }],
    [true, { type: 'receive', opcode: 2, ...large }],
    [true, { type: 'send', opcode: 9, data: 'aGVyZQ==' }],
    [true, { type: 'receive', opcode: 10, data: 'aGVyZQ==' }],
    [true, { type: 'send', opcode: 1, data: 'close me' }],
    [true, { type: 'receive', opcode: 8, data: close }],
    [true, { type: 'send', opcode: 8, data: close }],
  ])
})

it('reads back what it wrote', async () => {
  const { folder } = await captured(mixedTraffic)
  const { entries, facts } = await readHar(join(folder, 'traffic.har'))
  expect(facts).toEqual({ format: 1 })
  expect(entries.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 501, 101])
  expect(Buffer.from(entries[4]!.responseBody()).equals(Buffer.alloc(1000))).toBe(true)
  const binary = [...(entries[6]?.frames ?? [])].filter(({ opcode }) => opcode === 2).map(({ data }) => data().length)
  expect(binary).toEqual([3, 3, 40_000, 40_000])
})

it('is a complete HAR at every moment, and ends with the sockets that are still open', async () => {
  let during: Har | null = null
  const { har } = await captured(async (running) => {
    const socket = new WebSocket('ws://comfyui.test:8188/ws')
    await new Promise((message) => socket.once('message', message))
    await (await request(`${COMFYUI}/where`)).body.dump()
    do {
      await new Promise((later) => setTimeout(later, 10))
      // In one go, as a crash would leave it: another thread may read while it is written.
      during = JSON.parse(readFileSync(join(running, 'traffic.har'), 'utf8')) as Har
    } while (during.log.entries.length === 0)
  })
  expect(during!.log.entries.map(line)).toEqual(['GET http://comfyui.test:8188/where 200'])
  expect(har.log.entries.map(line)).toEqual([
    'GET http://comfyui.test:8188/where 200',
    'GET ws://comfyui.test:8188/ws 101',
  ])
})

it('puts text above 256 KiB beside the HAR', async () => {
  const text = JSON.stringify({ long: 'x'.repeat(300_000), token: 'hunter2' })
  const { har, files } = await captured(async () => {
    const options = { method: 'POST' as const, headers: { 'content-type': 'application/json' }, body: text }
    await (await request(`${COMFYUI}/echo`, options)).body.dump()
  })
  const stored = text.replace('hunter2', '{{secret:token}}')
  const name = `bodies/${sha256(stored)}.json`
  expect(har.log.entries[0]?.response.content).toEqual({
    mimeType: 'application/json',
    size: text.length,
    _file: name,
    _sha256: sha256(stored),
  })
  expect(files[name]).toBe(stored)
})

it('looks at a large body as it flows by', async () => {
  let ahead = 0
  const { har, files } = await captured(async () => {
    const { body } = await request(`${COMFYUI}/bytes/${16 * MIB}`)
    let size = 0
    for await (const chunk of body) {
      size += chunk.length
      await new Promise(setImmediate)
      ahead = Math.max(ahead, flow.written - size)
    }
  })
  expect(ahead).toBeLessThan(6 * MIB)
  expect(har.log.entries[0]?.response.content.size).toBe(16 * MIB)
  expect(Object.values(files).map((content) => content.length)).toContain(16 * MIB)
})

it('notes that a client went away', async () => {
  const { har } = await captured(async (folder) => {
    const response = await request(`${COMFYUI}/bytes/${8 * MIB}`)
    response.body.destroy()
    while (!readFileSync(join(folder, 'traffic.har'), 'utf8').includes('_error')) await new Promise(setImmediate)
  })
  expect(har.log.entries[0]?.response._error).toBe('the client went away before the end')
})

it('writes down a defect of a simulator as the 500 that the client got', async () => {
  const { har } = await captured(async () => {
    const { statusCode, body } = await request(`${COMFYUI}/broken`)
    await body.dump()
    expect(statusCode).toBe(500)
  })
  expect(har.log.entries.map(({ response }) => [response.status, response._error])).toEqual([
    [500, 'Error: a defect of the simulator'],
  ])
})

it('closes twice without harm', async () => {
  const { folder } = await captured(async () => {})
  const capture = createCapture({ folder, clock: { now: () => 0 } })
  capture.close()
  capture.close()
  expect(JSON.parse(await readFile(join(folder, 'traffic.har'), 'utf8'))).toMatchObject({ log: { entries: [] } })
})

function line({ request: { method, url }, response: { status } }: HarEntry): string {
  return `${method} ${url} ${status}`
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}
