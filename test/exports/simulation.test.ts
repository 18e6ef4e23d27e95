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
