import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { captured, mixedTraffic } from '../captured-run.ts'
import { openInDevtools } from '../devtools-reader.ts'

it('a traffic.har opens in the network panel of Chrome DevTools, sockets included', async () => {
  const { har } = await captured(mixedTraffic)
  const requests = await openInDevtools(har)
  expect(
    requests.map((request) => [
      request.requestMethod,
      request.url(),
      request.statusCode,
      request.resourceType().name(),
    ]),
  ).toEqual(
    har.log.entries.map(({ request, response, _resourceType }) => [
      request.method,
      request.url,
      response.status,
      _resourceType,
    ]),
  )
  const socket = requests.find((request) => request.resourceType().name() === 'websocket')
  expect(socket?.frames().map(({ type, opCode, text }) => ({ type, opcode: opCode, data: text }))).toEqual(
    har.log.entries.at(-1)?._webSocketMessages?.map(({ type, opcode, data }) => ({ type, opcode, data })),
  )
  const [first] = requests
  expect((await first?.requestContentData())?.text).toBe(har.log.entries[0]?.response.content.text)
})

it('the shipped recording opens there too', async () => {
  const har = JSON.parse(await readFile('recordings/wan22-two-chunks/comfyui.har', 'utf8')) as unknown
  const requests = await openInDevtools(har)
  expect(requests).toHaveLength(43)
  expect(requests.flatMap((request) => request.frames())).toHaveLength(220)
})
