import { expect, it } from 'vitest'
import { comfyuiKnowledge } from '../../../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../../../src/recording/load-recording.ts'
import { comfyuiSimulator } from '../../../../src/simulators/comfyui/simulator.ts'
import { virtualClock } from '../../../../src/simulators/virtual-clock.ts'
import { ORIGIN, openSocket } from '../reach-simulator.ts'

it('tells the features of the recorded server, over HTTP and on the socket', async () => {
  const knowledge = comfyuiKnowledge((await loadRecording('fixtures/conformance-0.29/comfyui.har')).entries)
  const simulator = comfyuiSimulator({ knowledge, clock: virtualClock(0, 0), newId: () => 'id' })
  const told = await (await simulator.http(new Request(`${ORIGIN}/api/features`))).json()
  expect(told).toEqual({
    supports_preview_metadata: true,
    supports_model_type_tags: true,
    max_upload_size: 104857600,
    extension: { manager: { supports_v4: true } },
    node_replacements: true,
    assets: false,
  })
  const socket = openSocket(simulator, '/ws?clientId=c')
  socket.send(JSON.stringify({ type: 'feature_flags', data: {} }))
  expect(JSON.parse(String(socket.frames.at(-1)))).toEqual({ type: 'feature_flags', data: told })
})
