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
    'RunPod REST v2: GET /v2/pods, GET /v2/pods/{id}, POST /v2/pods/{id}/action, GET /v2/catalog/gpus, GET /v2/catalog/gpus/{id}',
  )
})

const ask = async (path: string, authorization = 'Bearer k', options: Partial<RunpodSimulatorOptions> = {}) => {
  const response = await testRunpod(options).http(
    new Request(`https://api.runpod.io${path}`, { headers: { authorization } }),
  )
  return { status: response.status, body: await response.json(), unmatched: response.headers.get('x-pr-unmatched') }
}

it.each(['Bearer k', 'bearer k', 'BEARER  k'])('takes the scheme of %s', async (authorization) => {
  expect((await ask('/v2/pods/p', authorization)).status).toBe(200)
})

it.each(['Basic k', 'Bearer', 'Bearer ', 'k'])('takes no key from %j', async (authorization) => {
  expect((await ask('/v2/pods/p', authorization)).status).toBe(401)
})

it('lists the pods that there are', async () => {
  const pods = (ids: string[]) => ({ pods: ids.map((id) => expect.objectContaining({ id, status: 'RUNNING' })) })
  expect((await ask('/v2/pods', 'Bearer k', { pods: ['a', 'b'] })).body).toEqual(pods(['a', 'b']))
  expect((await ask('/v2/pods?includeClusterPods=true', 'Bearer k', { pods: [] })).body).toEqual(pods([]))
  expect((await ask('/v2/pods')).body).toEqual(pods(['examplepod0001']))
  const { http } = testRunpod()
  for (const path of ['/v2/pods/mine', '/v2/pods']) {
    const response = await http(new Request(`https://api.runpod.io${path}`, { headers: key }))
    if (path === '/v2/pods') expect(await response.json()).toEqual(pods(['mine']))
  }
  expect((await ask('/v2/pods?includeClusterPods=maybe')).status).toBe(422)
})

const rtx = 'NVIDIA%20GeForce%20RTX%204090'

it.each<[query: string, status: number, of?: object]>([
  ['', 200, { price: { secure: 0.44, community: 0.31 } }],
  ['include=AVAILABILITY', 200, { availability: 'HIGH', dataCenters: [{ id: 'US-KS-2', availability: 'HIGH' }] }],
  ['include=AVAILABILITY&product=POD&count=4&cloud=COMMUNITY&minCudaVersion=12.1', 200, { availability: 'HIGH' }],
  ['include=PRICES', 422],
  ['include=AVAILABILITY&product=CAR', 422],
  ['include=AVAILABILITY&count=0', 422],
  ['include=AVAILABILITY&cloud=MINE', 422],
  ['include=AVAILABILITY&minCudaVersion=new', 422],
  ['product=POD', 422],
  ['include=AVAILABILITY&product=SERVERLESS', 501],
  ['include=AVAILABILITY&count=9', 501],
  ['include=AVAILABILITY&minCudaVersion=13.0', 501],
  ['memory=24', 501],
  ['include=AVAILABILITY&include=AVAILABILITY', 501],
])('answers the catalogue by %j', async (query, status, of) => {
  for (const path of ['/v2/catalog/gpus', `/v2/catalog/gpus/${rtx}`]) {
    const answer = await ask(`${path}?${query}`)
    expect([answer.status, answer.unmatched !== null]).toEqual([status, status === 501])
    const gpu = (answer.body as { gpus?: unknown[] }).gpus?.[0] ?? answer.body
    if (of !== undefined) expect(gpu).toMatchObject(of)
    expect('availability' in (gpu as object)).toBe(query !== '' && status === 200)
  }
})

it.each([['/v2/pods?limit=1'], ['/v2/pods/p?include=x'], ['/v2/pods/p/logs'], ['/v2/billing'], ['/v2/catalog/cpus']])(
  'has no answer to %s',
  async (path) => {
    const { status, unmatched } = await ask(path)
    expect([status, unmatched]).toEqual([501, expect.stringMatching(/./)])
  },
)
