import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { request } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import type { PromptEvent } from '../../src/clients/clients.ts'
import { createComfyuiClient } from '../../src/clients/comfyui/comfyui.ts'
import { loadSettings } from '../../src/config/settings.ts'
import { serveNetwork } from '../../src/network/wire/serve.ts'
import type { StepLog } from '../../src/record/event-log.ts'
import { smokeSteps } from '../../src/record/steps.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { newFolder } from '../cli/run-pr.ts'
import { type Serving, startServing } from '../support/serving.ts'
import { proxyHere } from './proxy-here.ts'
import { recordedServices, replaySteps, stepsAt } from './replay-steps.ts'

it('records what any client asks a live server, and publishes it when it is stopped', async () => {
  const { comfyui } = await simulatedServices('comfyui-smoke', { clock: virtualClock(0, 0), newId: () => 'id' })
  const live = await serveNetwork({ services: [comfyui], port: 0 })
  onTestFinished(() => live[Symbol.asyncDispose]())
  const recordings = newFolder()
  const upstream = live.addresses.comfyui!
  const header = 'x-version: 1'
  const to = ['--record-to', join(recordings, 'mine'), '--comfyui-url', upstream.href, '--comfyui-header', header]
  const serving = await startServing(...to)
  const { address, ...facts } = serving.facts as unknown as { address: string }
  expect(facts).toEqual({ upstream: upstream.origin, recording: join(recordings, 'mine') })
  const answer = await request(`${address}/queue`, { headers: { 'x-version': '1' } })
  expect(await answer.body.json()).toEqual({ queue_running: [], queue_pending: [] })

  expect(await serving.stop()).toEqual({ exitCode: 0, stderr: '' })
  expect(readdirSync(recordings)).toEqual(['mine'])
  const { entries, facts: recorded } = await loadRecording(join(recordings, 'mine'))
  expect(recorded).toMatchObject({ source: 'pr serve --record-to', server: 'ComfyUI 0.3.64', device: 'cpu' })
  const asked = entries.map(({ method, url: { pathname } }) => `${method} ${pathname}`)
  expect(asked.filter((line) => !line.startsWith('GET /models'))).toEqual([
    'GET /system_stats',
    'GET /features',
    'GET /object_info',
    'GET /queue',
  ])
})

it('records two clients at once, without their secrets, so that each can be replayed', async () => {
  const { recordings, upstream } = await liveServer()
  const token = `token-of-the-proxy-${randomUUID()}`
  const secret = `secret-of-a-client-${randomUUID()}`
  const target = join(recordings, 'mine')
  const { settings } = await loadSettings({ 'comfyui-url': upstream.href, 'comfyui-token': token }, {}, newFolder())
  const proxy = await proxyHere({ settings, recordTo: target, environment: {} })
  const steps = (await smokeSteps()).filter(
    (step) => step.kind === 'upload' || (step.interruptAt === null && !step.name.endsWith('cached')),
  )
  const work = { steps, folder: newFolder(), signal: new AbortController().signal }
  const [live, seen] = await Promise.all([stepsAt(proxy.address, work), otherClient(proxy.address, secret)])
  expect(seen).toEqual(['started', 'executing 1', 'executing 2', 'preview image/png', 'the file'])

  expect(await proxy.stop()).toBe(0)
  for (const text of textsIn(target)) expect([text.includes(secret), text.includes(token)]).toEqual([false, false])
  const { entries } = await loadRecording(target)
  expect(entries.filter(({ frames }) => frames !== null).map(({ url }) => url.pathname)).toEqual(['/ws', '/ws'])
  expect(entries.filter(({ url }) => /^\/(?:upload|view)/.test(url.pathname)).length).toBeGreaterThan(8)
  expect(settled(await replaySteps({ ...work, recording: target }))).toEqual(settled(live))
})

it('leaves the old recording or the new one, whole, when it is killed', async () => {
  const { recordings, upstream } = await liveServer()
  const target = join(recordings, 'mine')
  const recordWith = async (colour: number, end: (serving: Serving) => Promise<unknown>) => {
    const serving = await startServing(...proxyOf(recordings, upstream))
    await otherClient(addressOf(serving), 'otter', colour)
    await end(serving)
  }
  await recordWith(1, (serving) => serving.stop())
  for (const moment of [null, 0, 5, 20, 60, 150]) {
    await recordWith(2, async (serving) => {
      const stopped = moment === null ? null : serving.stop()
      await wait(moment ?? 0)
      await serving.stop('SIGKILL')
      await stopped
    })
    const { entries } = await loadRecording(target)
    expect(entries.every(({ responseBody }) => responseBody())).toBe(true)
    const prompts = entries.filter(({ url, status }) => url.pathname === '/prompt' && status === 200)
    const colours = prompts.map(
      ({ requestBody }) => JSON.parse(Buffer.from(requestBody()).toString()).prompt['1'].inputs.color,
    )
    expect([[1], [2]]).toContainEqual(colours)
  }
  expect(
    readdirSync(recordings).filter((name) => !/^mine(?:\.unfinished-[\d_]+|\.lock(?:\.\d+)?)?$/.test(name)),
  ).toEqual([])
})

/** A server on loopback that stands for a live one, and a folder for recordings of it. */
async function liveServer(): Promise<{ recordings: string; upstream: URL }> {
  const { comfyui } = await recordedServices('comfyui-smoke')
  const live = await serveNetwork({ services: [comfyui], port: 0 })
  onTestFinished(() => live[Symbol.asyncDispose]())
  return { recordings: newFolder(), upstream: live.addresses.comfyui! }
}

function proxyOf(recordings: string, upstream: URL): string[] {
  return ['--record-to', join(recordings, 'mine'), '--comfyui-url', upstream.href]
}

function addressOf({ facts }: Serving): URL {
  return new URL((facts as unknown as { address: string }).address)
}

/** Uploads a file, draws a picture that comes over the socket, and downloads the file again; with a secret in each place. */
async function otherClient(url: URL, secret: string, color = 7): Promise<string[]> {
  const rights = { token: secret, headers: { cookie: `session=${secret}` } }
  const client = createComfyuiClient({ url, clientId: randomUUID(), ...rights })
  const { signal } = new AbortController()
  const seen: string[] = []
  const onEvent = (event: PromptEvent) => {
    if (event.kind === 'started') seen.push('started')
    if (event.kind === 'executing') seen.push(`executing ${event.node}`)
    if (event.kind === 'preview') seen.push(`preview ${event.mimeType}`)
  }
  try {
    await client.connect(signal)
    const path = join(newFolder({ 'otter.json': JSON.stringify({ note: secret }) }), 'otter.json')
    const file = await client.upload(path, { subfolder: 'otters' }, signal)
    const graph = {
      1: { class_type: 'EmptyImage', inputs: { width: 32, height: 32, batch_size: 1, color } },
      2: { class_type: 'SaveImageWebsocket', inputs: { images: ['1', 0] } },
    }
    const body = { prompt: graph, client_id: randomUUID(), extra_data: { extra_pnginfo: { note: secret } } }
    const refused = await request(new URL('/prompt?note=x', url), {
      method: 'POST',
      body: JSON.stringify({ ...body, prompt: {} }),
    })
    await refused.body.dump()
    const { promptId } = await client.submit({ promptId: randomUUID(), graph: graph as never }, signal)
    await client.follow(promptId, onEvent, signal)
    const copy = join(newFolder(), 'copy.json')
    await client.download(file, copy, signal)
    expect(JSON.parse(readFileSync(copy, 'utf8'))).toEqual({ note: secret })
    seen.push('the file')
  } finally {
    await client.close()
  }
  return seen
}

/** Clients share the server's cache: which nodes run, and which are found in it, depends on the other one. */
function settled(log: readonly StepLog[]): StepLog[] {
  return log.map(({ step, lines }) => ({ step, lines: lines.filter((line) => !/^(?:cached|executing)/.test(line)) }))
}

function textsIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((item) => item.isFile())
  return files.map((item) => readFileSync(join(item.parentPath, item.name), 'latin1'))
}
