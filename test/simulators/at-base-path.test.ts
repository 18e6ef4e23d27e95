import { expect, it } from 'vitest'
import { atBasePath } from '../../src/simulators/simulated-services.ts'
import { type SimulatedService, UNMATCHED_HEADER } from '../../src/simulators/simulator.ts'

const echo: SimulatedService = {
  name: 'comfyui',
  http: async (request) => new Response(`${request.method} ${request.url} ${await request.text()}`),
  upgrade: (request) => new Response(request.url),
}
const service = atBasePath(echo, '/comfy/')
const at = (path: string) => `https://gpu.test${path}`

it('takes the path away and leaves the rest of the request as it was', async () => {
  const answer = await service.http(new Request(at('/comfy/prompt?a=1'), { method: 'POST', body: 'graph' }))
  expect(await answer.text()).toBe(`POST ${at('/prompt?a=1')} graph`)
  const socket = service.upgrade!(new Request(at('/comfy/ws?clientId=x')))
  expect(await (socket as Response).text()).toBe(at('/ws?clientId=x'))
})

it('has no answer beside the path', async () => {
  for (const path of ['/prompt', '/comfyui/prompt', '/comfy']) {
    const answer = await service.http(new Request(at(path)))
    expect([answer.status, answer.headers.get(UNMATCHED_HEADER)]).toEqual([501, '/comfy/'])
  }
})

it('leaves a service without a path alone', () => {
  expect(atBasePath(echo, '/')).toBe(echo)
})
