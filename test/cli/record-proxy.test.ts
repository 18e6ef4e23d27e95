import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { serveNetwork } from '../../src/network/serve.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { startServing } from '../support/serving.ts'
import { newFolder } from './run-pr.ts'

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
