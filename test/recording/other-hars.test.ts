import { expect, it } from 'vitest'
import { comfyuiKnowledge } from '../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { readObjectInfo } from '../../src/simulators/comfyui/object-info.ts'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { failure } from '../support/failure.ts'

const prompt = {
  1: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 7 } },
  2: { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
}

it.each(['chrome.har', 'playwright/network.har', 'mitmproxy.har'])('loads and replays %s as it is', async (file) => {
  const path = `fixtures/hars/${file}`
  const { entries } = await loadRecording(path)
  const { version, device, classes } = comfyuiKnowledge(entries)
  expect([version, device]).toEqual(['0.3.64', 'cpu'])
  expect([...classes].map(([name, { runs, ms }]) => [name, runs, Math.round(ms)])).toEqual([
    ['EmptyImage', 1, 200],
    ['PreviewImage', 1, 50],
  ])
  const socket = entries.find(({ frames }) => frames !== null)!
  expect(Array.from(socket.frames!, ({ from, opcode }) => `${from} ${opcode}`)).toEqual([
    'client 1',
    ...Array.from({ length: 3 }, () => 'server 1'),
    'server 2',
    ...Array.from({ length: 3 }, () => 'server 1'),
  ])

  const { comfyui } = await simulatedServices(path, { clock: virtualClock(0, 0), newId: () => crypto.randomUUID() })
  const ask = async (route: string, body?: object) => {
    const init = body ? { method: 'POST', body: JSON.stringify(body) } : {}
    return (await comfyui.http(new Request(`http://127.0.0.1:8188${route}`, init))).json()
  }
  expect(await ask('/prompt', { prompt })).toMatchObject({ number: 0, node_errors: {} })
  expect(await ask('/pack/list')).toEqual(['otter'])
})

it('says what to do when a HAR was exported without content', async () => {
  const { entries } = await loadRecording('fixtures/hars/chrome.har')
  const emptied = entries.map((entry) => ({ ...entry, responseBody: () => new Uint8Array() }))
  expect(await failure(() => comfyuiKnowledge(emptied))).toMatchObject({
    code: 'PR_RECORDING',
    message: 'the recording has GET /object_info, but not what it answered',
  })
})

it('says so of a node class that is not JSON, when it is needed', async () => {
  const { entries } = await loadRecording('fixtures/hars/chrome.har')
  const broken = entries.map((entry) =>
    entry.url.pathname.endsWith('/object_info')
      ? { ...entry, responseBody: () => Buffer.from('{"SaveImage": {"input"; 1}}') }
      : entry,
  )
  const knowledge = comfyuiKnowledge(broken)
  const expected = { code: 'PR_RECORDING', message: 'the recording has GET /object_info, but not what it answered' }
  expect(await failure(() => readObjectInfo(knowledge.nodeClasses).get('SaveImage'))).toMatchObject(expected)
  expect(await failure(() => knowledge.objectInfo)).toMatchObject(expected)
})
