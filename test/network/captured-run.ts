import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { type CaptureOptions, createCapture } from '../../src/network/capture/capture.ts'
import type { Har } from '../../src/recording/har.ts'
import { createRedactor } from '../../src/recording/redact.ts'
import { COMFYUI, echoNetwork } from './network.ts'

/** One millisecond a look, from a fixed start. */
export function tickingClock(): { now(): number } {
  let now = Date.UTC(2026, 10, 23, 12)
  return {
    now() {
      now += 1
      return now
    },
  }
}

/** Runs `work` under the simulated network and gives back what capture wrote: the HAR, and every other file as text. */
export async function captured(work: (folder: string) => Promise<void>, options: Partial<CaptureOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'pr-capture-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const capture = createCapture({ folder, clock: tickingClock(), ...options })
  {
    await using _network = await echoNetwork({ capture })
    await work(folder)
  }
  capture.close()
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((item) => item.isFile())
  const files: Record<string, string> = {}
  for (const item of names) {
    const path = join(item.parentPath, item.name)
    files[path.slice(folder.length + 1)] = await readFile(path, 'latin1')
  }
  const har = JSON.parse(await readFile(join(folder, 'traffic.har'), 'utf8')) as Har
  return { folder, har, files }
}

/** A bit of everything: JSON, a form, bytes both ways, an unmatched route, secrets, a socket. */
export async function mixedTraffic(): Promise<void> {
  const dispatcher = new Agent({ connections: 1 })
  const send = async (url: string, options: Omit<Parameters<typeof request>[1] & object, 'dispatcher'> = {}) => {
    const response = await request(url, { ...options, dispatcher })
    await response.body.dump()
  }
  await send(`${COMFYUI}/where?token=s3cret-in-query`, { headers: { authorization: 'Bearer s3cret-in-header' } })
  await send(`${COMFYUI}/echo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: 'session=s3cret-in-cookie' },
    body: '{"seed": 12345678901234567890, "api_key_comfy_org": "s3cret-in-json", "note": "s3cret-known"}',
  })
  await send('https://storage.googleapis.com/echo', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=jwt&assertion=s3cret-in-form',
  })
  await send('https://storage.googleapis.com/count', {
    method: 'POST',
    headers: { 'content-type': 'video/mp4' },
    body: Buffer.alloc(1000, 1),
  })
  await send(`${COMFYUI}/bytes/1000`)
  await send(`${COMFYUI}/teapot`)
  await socketTraffic()
  await dispatcher.close()
}

export const knownSecrets = createRedactor({ COMFYUI_TOKEN: 's3cret-known' })

async function socketTraffic(): Promise<void> {
  const socket = new WebSocket('ws://comfyui.test:8188/ws?clientId=1')
  const heard = (event: string) => new Promise((resolve) => socket.once(event, resolve))
  await heard('message')
  for (const message of ['{"access_token": "s3cret-in-frame"}', Buffer.from([1, 2, 3]), Buffer.alloc(40_000, 9)]) {
    socket.send(message)
    await heard('message')
  }
  socket.ping('here')
  await heard('pong')
  socket.send('close me')
  await heard('close')
}
