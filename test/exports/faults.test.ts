import { expect, it } from 'vitest'
import { replay } from '../../src/exports/replay.ts'
import { rehearse } from '../support/rehearse.ts'
import { startServing } from '../support/serving.ts'

const server = 'http://127.0.0.1:8188'
const small = ['--width', '64', '--height', '64', '--no-upload']

it('lets a test of your own meet faults, and complains of one that never happened', async () => {
  const faults = ['GET /queue: status 524', 'after GET /prompt: reset', 'GET /history: lagging history']
  const world = await replay('wan22-two-chunks', { faults })
  const first = await fetch(`${server}/queue`)
  expect([first.status, await first.text()]).toEqual([524, expect.stringContaining('524: A timeout occurred')])
  expect(await (await fetch(`${server}/queue`)).json()).toEqual({ queue_running: [], queue_pending: [] })
  await expect(fetch(`${server}/prompt`)).rejects.toThrow('fetch failed')
  const sentence = "the fault 'GET /history: lagging history' never happened"
  expect(world.problems()).toMatchObject([{ code: 'PR_FAULT_UNUSED', message: expect.stringContaining(sentence) }])
  await expect(world[Symbol.asyncDispose]()).rejects.toThrow(sentence)
})

it('serves faults to other programs, and ends in 3 when one never happened', async () => {
  const faults = ['GET /queue: status 429 with retry-after 7', 'GET /prompt: reset', 'pod stop: ignore']
  const serving = await startServing(...faults.flatMap((fault) => ['--fault', fault]))
  const { comfyui } = serving.facts.addresses
  const limited = await fetch(`${comfyui}/queue`)
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
  expect((await fetch(`${comfyui}/queue`)).status).toBe(200)
  await expect(fetch(`${comfyui}/prompt`)).rejects.toThrow('fetch failed')
  const { exitCode, stderr } = await serving.stop()
  expect([exitCode, stderr.match(/^PR_\w+: .*happened/gm)]).toEqual([
    3,
    ["PR_FAULT_UNUSED: the fault 'pod stop: ignore' never happened"],
  ])
})

/** What the server has, and its messages; what needs connections of its own is not among them. */
const faults = [
  'GET /history of job 2: status 500',
  'step 1 of job 2: delay 1 min',
  'POST /prompt of job 2: no outputs',
]

it.each([
  ['the engine msw', ['--engine', 'msw'], {}],
  ['a server below a path', [], { COMFYUI_URL: `${server}/comfy` }],
  ['a server below a path, with the engine msw', ['--engine', 'msw'], { COMFYUI_URL: `${server}/comfy/` }],
])('rehearses faults with %s', async (_, flags, env) => {
  const given = faults.flatMap((fault) => ['--fault', fault])
  const run = await rehearse([...small, ...flags, ...given], { env, mayLeave: 'TCPSocketWrap' })
  expect(run.exitCode, run.stderr).toBe(0)
  const times = run.summary.rehearsal.faults.map(({ times }: { times: number }) => times)
  expect(times).toEqual([1, 1, 1])
})
