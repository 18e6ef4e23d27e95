import { expect, it, onTestFinished } from 'vitest'
import type { PodClient } from '../../../src/clients/clients.ts'
import { realPace } from '../../../src/clients/real-pace.ts'
import { createPodClient } from '../../../src/clients/runpod/runpod.ts'
import type { Pace } from '../../../src/domain/pace.ts'
import { runpodSeed } from '../../../src/simulators/runpod/pod-model.ts'
import { type RunpodSimulatorOptions, runpodSimulator } from '../../../src/simulators/runpod/runpod-simulator.ts'
import { listening } from '../../simulators/listening.ts'
import { recorded } from '../../simulators/recorded.ts'
import { stillClock } from '../../simulators/still-clock.ts'

const seed = runpodSeed(recorded('runpod/runpod.har'))!

it('tells what a pod is and how it does', async () => {
  const { client } = await pod()
  expect(await client.info()).toEqual({
    id: 'mine',
    name: 'prompt-runner',
    status: 'RUNNING',
    actions: ['stop', 'restart', 'terminate'],
    gpu: { id: 'NVIDIA GeForce RTX 4090', count: 1 },
    costPerHour: 0.44,
    locked: false,
  })
  expect(await client.health()).toEqual({
    status: 'RUNNING',
    uptimeSeconds: 3600,
    gpus: [{ util: 0, memoryUtil: 0 }],
    cpuUtil: 0,
    memoryUtil: 0,
  })
})

it('stops a pod, once', async () => {
  const { client, asked } = await pod()
  await client.stop()
  await client.stop()
  expect(await client.info()).toMatchObject({ status: 'EXITED', costPerHour: 0 })
  expect(await client.health()).toEqual({
    status: 'EXITED',
    uptimeSeconds: null,
    gpus: [],
    cpuUtil: null,
    memoryUtil: null,
  })
  expect(asked.filter((request) => request.startsWith('POST'))).toEqual(['POST /v2/pods/mine/action'])
})

it('does not believe that a pod is off before it is', async () => {
  const { http } = runpodSimulator({ clock: stillClock(), seed })
  const status = ['RUNNING', 'RUNNING', 'RUNNING', 'EXITED']
  const server = await listening(async (request) => {
    const answer = await http(new Request(request.url.replace(/\/action$/, ''), { headers: request.headers }))
    const resource = JSON.parse(await answer.text())
    return Response.json({ ...resource, status: status.shift() ?? 'RUNNING' })
  })
  onTestFinished(() => server.close())
  const pauses: number[] = []
  const pace = { ...realPace, pause: async (ms: number) => void pauses.push(ms) }
  const client = createPodClient({ podId: 'mine', apiKey: 'k', url: new URL(`${server.origin}/v2`), pace })
  await client.stop()
  expect(pauses).toEqual([250, 500])
  await expect(client.stop()).rejects.toMatchObject({
    code: 'PR_POD',
    message: 'RunPod took the stop of pod mine, and its status is RUNNING all the same',
  })
  const looks = [250, 500, 1000, 2000, 4000]
  const again = [1000, 2000, 4000, 8000, 16_000].flatMap((pause) => [pause, ...looks])
  expect(pauses).toEqual([250, 500, ...looks, ...again])
})

it('does not ask to stop a pod that is locked', async () => {
  const { client, asked } = await pod({ seed: { ...seed, pod: { ...seed.pod, locked: true } } })
  await expect(client.stop()).rejects.toMatchObject({
    code: 'PR_POD',
    message: 'asking RunPod to stop pod mine makes no sense: it is locked',
    hint: 'unlock the pod in the console; it goes on costing money',
  })
  expect(asked).toEqual(['GET /v2/pods/mine'])
})

it('does not ask to stop a pod that is gone wrong', async () => {
  const { client } = await pod({ seed: { ...seed, pod: { ...seed.pod, status: 'ERROR', runtime: null } } })
  await expect(client.stop()).rejects.toMatchObject({
    message: 'asking RunPod to stop pod mine makes no sense: its status is ERROR, which allows start, terminate',
  })
})

it('says which pod does not exist, and that a key is missing', async () => {
  const { client } = await pod({ pods: ['other'] })
  await expect(client.info()).rejects.toMatchObject({
    code: 'PR_POD',
    message: 'asking RunPod for pod mine was answered with 404: Not Found; pod not found',
    hint: 'check RUNPOD_POD_ID or --pod-id: the account of this key has no such pod',
  })
  const { client: stranger } = await pod({}, null)
  await expect(stranger.info()).rejects.toMatchObject({
    code: 'PR_POD',
    message: 'asking RunPod for pod mine was answered with 401: Unauthorized; missing bearer token',
    hint: 'set RUNPOD_API_KEY',
  })
})

it.each([
  [403, {}, 'the key inside a pod may not be allowed to do this: set RUNPOD_API_KEY to a key of your account'],
  [409, {}, 'the pod has changed its status meanwhile: look at it in the console and try again'],
  [429, { 'retry-after': '12' }, 'try again in 12 seconds'],
  [500, {}, 'look at the pod in the console: if it runs, it goes on costing money'],
])('says what to do about %i', async (status, headers, hint) => {
  const problem = { title: 'Problem', status, detail: 'because', errors: ['a: b'] }
  const server = await listening(async () => Response.json(problem, { status, headers }))
  onTestFinished(() => server.close())
  const client = createPodClient({ podId: 'mine', apiKey: 'k', url: new URL(server.origin), pace: noted([]) })
  await expect(client.info()).rejects.toMatchObject({
    code: 'PR_POD',
    message: `asking RunPod for pod mine was answered with ${status}: Problem; because; a: b`,
    hint,
  })
})

it.each([429, 500, 503])('asks again about a pod after %i', async (status) => {
  const { client, pauses } = await pod({}, 'k', { GET: [status, status] })
  expect(await client.info()).toMatchObject({ status: 'RUNNING' })
  expect(pauses).toEqual([250, 500])
})

it.each([
  ['429 twice, which asks for 12 seconds', [429, 429], { 'retry-after': '12' }, [12_000, 12_000]],
  ['500 four times', [500, 500, 500, 500], {}, [1_000, 2_000, 4_000, 8_000]],
  ['503 once', [503], {}, [1_000]],
  ['409 once', [409], {}, [1_000]],
])('stops a pod after %s', async (_, statuses, headers, expected) => {
  const { client, pauses, asked } = await pod({}, 'k', { POST: statuses, headers })
  await client.stop()
  expect(await client.info()).toMatchObject({ status: 'EXITED' })
  expect(pauses).toEqual(expected)
  // Each time it looks first: of a stop that failed perhaps only the answer was lost.
  expect(asked.map((request) => request.split(' ')[0])).toEqual([
    ...[...statuses, 200].flatMap(() => ['GET', 'POST']),
    'GET',
  ])
})

it('gives a stop up that asks for a longer pause than anybody waits for', async () => {
  const { client, pauses } = await pod({}, 'k', { POST: [429], headers: { 'retry-after': '90000000' } })
  await expect(client.stop()).rejects.toMatchObject({ code: 'PR_POD', hint: 'try again in 90000000 seconds' })
  expect(pauses).toEqual([])
})

/** A pace that notes its pauses and takes none. */
function noted(pauses: number[]): Pace {
  return { pause: async (ms) => void pauses.push(ms), patience: async () => {}, limit: (ms) => ms }
}

it('says that an answer is no pod', async () => {
  const server = await listening(async () => Response.json({ pods: [] }))
  onTestFinished(() => server.close())
  const client = createPodClient({ podId: 'mine', apiKey: 'k', url: new URL(server.origin), pace: noted([]) })
  await expect(client.info()).rejects.toMatchObject({
    code: 'PR_POD',
    message: expect.stringContaining('asking RunPod for pod mine gave no pod:'),
  })
})

async function pod(
  options: Partial<RunpodSimulatorOptions> = {},
  apiKey: string | null = 'k',
  refusals: { GET?: number[]; POST?: number[]; headers?: Record<string, string> } = {},
): Promise<{ client: PodClient; asked: string[]; pauses: number[] }> {
  const left = { GET: [...(refusals.GET ?? [])], POST: [...(refusals.POST ?? [])] }
  const pauses: number[] = []
  const { http } = runpodSimulator({ clock: stillClock(), seed, ...options })
  const asked: string[] = []
  const server = await listening(async (request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`)
    const status = left[request.method as 'GET' | 'POST'].shift()
    return status === undefined ? http(request) : Response.json({}, { status, headers: refusals.headers ?? {} })
  })
  onTestFinished(() => server.close())
  const client = createPodClient({ podId: 'mine', apiKey, url: new URL(`${server.origin}/v2`), pace: noted(pauses) })
  return { client, asked, pauses }
}
