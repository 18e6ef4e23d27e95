import { expect, it } from 'vitest'
import { runpodSeed } from '../../../src/simulators/runpod/pod-model.ts'
import { runpodSimulator } from '../../../src/simulators/runpod/runpod-simulator.ts'
import { recorded } from '../recorded.ts'
import { stillClock } from '../still-clock.ts'

// What RunPod's description of its API v2 (https://api.runpod.io/v2/openapi.json, 2.0.0) says of the calls that are used here.
const podFields = [
  'id',
  'name',
  'status',
  'actions',
  'image',
  'args',
  'disk',
  'mounts',
  'ports',
  'env',
  'registry',
  'cloud',
  'dataCenterId',
  'cudaVersion',
  'ssh',
  'template',
  'cost',
  'locked',
  'runtime',
  'createdAt',
  'startedAt',
  'globalNetworking',
]
const problemFields = ['title', 'status', 'detail']
const gpuFields = ['id', 'name', 'pool', 'manufacturer', 'memory', 'secure', 'community', 'price', 'maxCount']

it.each([
  ['GET', '/v2/pods/mine', undefined, 200, 'application/json', podFields],
  ['GET', '/v2/pods/other', undefined, 404, 'application/problem+json', problemFields],
  ['POST', '/v2/pods/mine/action', { action: 'stop' }, 200, 'application/json', podFields],
  ['POST', '/v2/pods/mine/action', { action: 'restart' }, 200, 'application/json', podFields],
  ['POST', '/v2/pods/mine/action', { action: 'start' }, 409, 'application/problem+json', problemFields],
  ['POST', '/v2/pods/mine/action', { action: 'stop', force: true }, 422, 'application/problem+json', problemFields],
  ['POST', '/v2/pods/other/action', { action: 'stop' }, 404, 'application/problem+json', problemFields],
  ['POST', '/v2/pods/mine/action', { action: 'terminate' }, 204, null, []],
  ['GET', '/v2/catalog/gpus', undefined, 200, 'application/json', ['gpus']],
  ['GET', '/v2/catalog/gpus/NVIDIA%20GeForce%20RTX%204090', undefined, 200, 'application/json', gpuFields],
  ['GET', '/v2/catalog/gpus/none', undefined, 404, 'application/problem+json', problemFields],
])('%s %s %j answers %i with the fields that the vendor requires', async (method, path, body, status, type, fields) => {
  const seed = runpodSeed(recorded('runpod/runpod.har'))!
  const { http } = runpodSimulator({ clock: stillClock(), seed, pods: ['mine'] })
  const response = await http(
    new Request(`https://api.runpod.io${path}`, {
      method,
      headers: { authorization: 'Bearer k' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
  expect([response.status, response.headers.get('content-type')]).toEqual([status, type])
  expect(response.headers.has('ratelimit')).toBe(true)
  const text = await response.text()
  expect(Object.keys(text === '' ? {} : JSON.parse(text))).toEqual(expect.arrayContaining(fields))
})
