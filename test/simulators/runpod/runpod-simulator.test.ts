import { expect, it } from 'vitest'
import { runpodSeed } from '../../../src/simulators/runpod/pod-model.ts'
import { type RunpodSimulatorOptions, runpodSimulator } from '../../../src/simulators/runpod/runpod-simulator.ts'
import { runpodContract } from '../../contracts/runpod.ts'
import { listening } from '../listening.ts'
import { recorded } from '../recorded.ts'
import { stillClock } from '../still-clock.ts'

const seed = runpodSeed(recorded('runpod/runpod.har'))!

function testRunpod(options: Partial<RunpodSimulatorOptions> = {}) {
  return runpodSimulator({ clock: stillClock(), seed, ...options })
}

runpodContract('called', async () => ({
  origin: 'https://api.runpod.test',
  send: testRunpod().http,
  close: async () => {},
}))

runpodContract('on a port', async () => {
  const server = await listening(testRunpod().http)
  return { ...server, send: (request) => fetch(request) }
})

const key = { authorization: 'Bearer k' }

it('knows only the pods that are listed, when there is a list', async () => {
  const { http } = testRunpod({ pods: ['mine'] })
  const response = await http(new Request('https://api.runpod.io/v2/pods/other', { headers: key }))
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await response.json()).toEqual({ title: 'Not Found', status: 404, detail: 'pod not found' })
})

it('brings a started pod up as time goes by', async () => {
  const clock = stillClock()
  const { http } = testRunpod({ clock })
  const act = (action: string) =>
    http(
      new Request('https://api.runpod.io/v2/pods/p/action', {
        method: 'POST',
        headers: key,
        body: JSON.stringify({ action }),
      }),
    )
  const pod = async () => (await http(new Request('https://api.runpod.io/v2/pods/p', { headers: key }))).json()
  await act('stop')
  await act('start')
  await clock.sleep(20_000)
  expect(await pod()).toMatchObject({ status: 'STARTING', runtime: null, cost: 0.44 })
  await clock.sleep(100_000)
  expect(await pod()).toMatchObject({
    status: 'RUNNING',
    runtime: { uptime: 60 },
    startedAt: '2026-11-23T12:01:00.000Z',
  })
})

it('refuses to stop a locked pod', async () => {
  const { http } = testRunpod({ seed: { ...seed, pod: { ...seed.pod, locked: true } } })
  const request = new Request('https://api.runpod.io/v2/pods/p/action', {
    method: 'POST',
    headers: key,
    body: '{"action":"stop"}',
  })
  expect(await (await http(request)).json()).toEqual({
    title: 'Conflict',
    status: 409,
    detail: 'action stop refused: the pod is locked',
  })
})

it('names what it knows to whoever asks for something else', async () => {
  const response = await testRunpod().http(new Request('https://api.runpod.io/v1/pods/abc', { headers: key }))
  expect(response.headers.get('x-pr-unmatched')).toBe(
    'RunPod REST v2: GET /v2/pods/{id}, POST /v2/pods/{id}/action, GET /v2/catalog/gpus',
  )
})
