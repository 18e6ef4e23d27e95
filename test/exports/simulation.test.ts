import { expect, it } from 'vitest'
import { simulate } from '../../src/exports/simulation.ts'
import type { ServiceName } from '../../src/simulators/simulator.ts'

it('has every bucket and every pod, or those that it is told of', async () => {
  const answers = async (options: Parameters<typeof simulate>[0]) => {
    const { services } = await simulate(options)
    const ask = async (service: ServiceName, url: string) => {
      const headers = { authorization: 'Bearer any' }
      return (await services.get(service)!.http(new Request(url, { headers }))).status
    }
    return [
      await ask('gcs', 'https://storage.googleapis.com/storage/v1/b/films'),
      await ask('gcs', 'https://storage.googleapis.com/storage/v1/b/other'),
      await ask('runpod', 'https://api.runpod.io/v2/pods/p1'),
      await ask('runpod', 'https://api.runpod.io/v2/pods/p2'),
    ]
  }
  expect(await answers({})).toEqual([200, 200, 200, 200])
  expect(await answers({ buckets: ['films'], pods: ['p1'] })).toEqual([200, 404, 200, 404])
})

it('makes a problem of each request that it would have to ignore a part of', async () => {
  const { services, problems } = await simulate()
  const ask = async (service: ServiceName, url: string, init: RequestInit = {}) => {
    const headers = { authorization: 'Bearer any', 'metadata-flavor': 'Google' }
    return (await services.get(service)!.http(new Request(url, { headers, ...init }))).status
  }
  const form = new URLSearchParams({ grant_type: 'authorization_code' })
  const asked = [
    await ask('gcs', 'https://storage.googleapis.com/storage/v1/b/films/o?softDeleted=true'),
    await ask('runpod', 'https://api.runpod.io/v2/pods?limit=1'),
    await ask('metadata', 'http://metadata.google.internal/computeMetadata/v1/?wait_for_change=true'),
    await ask('google-auth', 'https://oauth2.googleapis.com/token', { method: 'POST', body: form }),
  ]
  expect(asked).toEqual([501, 501, 501, 501])
  expect(problems().map(({ code, message, hint }) => [code, message.split(': ')[0], hint?.split(';')[0]])).toEqual([
    [
      'PR_UNMATCHED_REQUEST',
      'GET https://storage.googleapis.com/storage/v1/b/films/o?softDeleted=true',
      'not simulated',
    ],
    ['PR_UNMATCHED_REQUEST', 'GET https://api.runpod.io/v2/pods?limit=1', 'not simulated'],
    [
      'PR_UNMATCHED_REQUEST',
      'GET http://metadata.google.internal/computeMetadata/v1/?wait_for_change=true',
      'not simulated',
    ],
    ['PR_UNMATCHED_REQUEST', 'POST https://oauth2.googleapis.com/token', 'not simulated'],
  ])
})
