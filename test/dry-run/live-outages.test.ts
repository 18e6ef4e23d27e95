import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Simulator } from '../../src/simulators/simulator.ts'
import { hurry } from '../support/hurry.ts'
import { journals } from '../support/journals.ts'
import { runContext } from '../support/run-context.ts'
import { faultyWorld, promptsRun, simulatedWorld } from '../support/simulated-world.ts'

const gateway = (status: number) => async () => new Response('<title>Bad gateway</title>', { status })

/** Answers as the server does, but the connection breaks in the middle of the file. */
async function breaksOff(request: Request, http: Simulator): Promise<Response> {
  // The server under it tells what broke.
  const said = vi.spyOn(console, 'error').mockReturnValue()
  onTestFinished(() => said.mockRestore())
  const whole = await http(request)
  const bytes = new Uint8Array(await whole.arrayBuffer())
  const half = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.subarray(0, bytes.length / 2))
      setTimeout(() => controller.error(new Error('cut')), 20)
    },
  })
  return new Response(half, { headers: whole.headers })
}

it.each([
  // A look asks three times.
  ['a proxy that answers 502 for the history', /^comfyui GET \/history/, 3, gateway(502)],
  ['a proxy that answers 503 for an upload', /^comfyui POST \/upload\/image/, 1, gateway(503)],
  [
    'a proxy that gives up on an accepted prompt',
    /^comfyui POST \/prompt/,
    1,
    async (request, http) => {
      await http(request)
      return gateway(524)()
    },
  ],
  ['a proxy that refuses a prompt', /^comfyui POST \/prompt/, 1, gateway(502)],
  ['a download that breaks off', /^comfyui GET \/view/, 2, breaksOff],
] as Array<[string, RegExp, number, (request: Request, http: Simulator) => Promise<Response>]>)(
  'gets over %s, and pays for nothing twice',
  async (_, wanted, times, instead) => {
    hurry()
    const world = await faultyWorld(wanted, times, instead)
    const { exitCode, stderr, summary } = await runContext().live(world, ['--no-upload'])
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('warning: '))).toEqual([])
    expect(exitCode).toBe(0)
    expect(summary).toMatchObject({ ok: true, jobs: { done: 6 } })
    expect(await promptsRun(world)).toBe(6)
  },
)

it('gives up a download that never comes whole, and goes on from there', async () => {
  const context = runContext()
  const world = await faultyWorld(/^comfyui GET \/view/, 2, breaksOff)
  const { exitCode, stderr, summary } = await context.live(world, ['--no-upload', '--max-retries', '1'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('PR_COMFY_UNREACHABLE: GET ')
  const resumed = await context.live(world, ['--no-upload', '--resume', summary.run_name])
  expect(`${resumed.exitCode} ${resumed.stderr}`).toBe('0 ')
  expect(await promptsRun(world)).toBe(6)
})

it('leaves no prompt behind when it is cancelled while it sends one', async () => {
  const world = await faultyWorld(/^comfyui POST \/prompt/, 1, async (request, http) => {
    run.cancel()
    await setImmediate()
    return http(request)
  })
  const run = runContext().start(world, ['--no-upload'])
  expect((await run.ended).exitCode).toBe(130)
  const after = world.asked.slice(world.asked.indexOf('comfyui POST /prompt') + 1)
  expect(after.filter((line) => line.startsWith('comfyui POST'))[0]).toBe('comfyui POST /queue')
})

it('goes on when an intermediate file cannot be deleted', async () => {
  const context = runContext()
  const chunk = (name: string) => join(context.outputDir, `videos/otter_${name}_chunk_001.mp4`)
  const world = await simulatedWorld((service, http) => async (request) => {
    const name = Object.keys(journals(context.outputDir))[0]!
    if (service === 'gcs' && request.url.includes('manifest.json') && request.method === 'GET') {
      rmSync(chunk(name))
      mkdirSync(chunk(name))
    }
    return http(request)
  })
  const { exitCode, stderr, summary } = await context.live(world)
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/^warning: otter: An intermediate file could not be deleted: .*chunk_001\.mp4/)
  expect(summary).toMatchObject({ ok: true, videos: [{ status: 'finished' }], uploads: { videos: 1, manifests: 1 } })
  const cleanup = journals(context.outputDir)[summary.run_name]!.find(({ kind }) => kind === 'cleanup')
  expect(cleanup.kept).toEqual([chunk(summary.run_name)])
})

it('says that the pod was not stopped, also to whoever cancels meanwhile', async () => {
  const world = await simulatedWorld((service, http) => async (request) => {
    if (service !== 'runpod' || request.method !== 'POST') return http(request)
    run.cancel()
    return Response.json({ title: 'Internal Server Error', status: 500 }, { status: 500 })
  })
  const env = { RUNPOD_API_KEY: 'rpa_test', RUNPOD_POD_ID: 'mine' }
  const run = runContext().start(world, ['--force-shutdown'], { env })
  const { exitCode, stderr } = await run.ended
  expect(stderr).toContain('PR_POD: POD mine WAS NOT STOPPED. It is RUNNING and costs $0.44/h (RunPod, ')
  expect(exitCode).toBe(1)
})
