import { expect, it } from 'vitest'
import { decodeMessage } from '../../../src/clients/comfyui/message.ts'
import { fc } from '../../support/seeded.ts'
import { recorded } from '../loopback-comfyui.ts'

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)
const text = (type: string, data: unknown) => decodeMessage(JSON.stringify({ type, data }))

/** `u32 id`, `u32 second`, then the rest; all big-endian. */
function binary(id: number, second: number, ...rest: (string | Uint8Array)[]): Uint8Array {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(id, 0)
  head.writeUInt32BE(second, 4)
  return Buffer.concat([head, ...rest.map((part) => Buffer.from(part as string))])
}

it('decodes every frame of a recorded interrupt', () => {
  const { frames = [], promptId } = recorded('interrupted')
  const told = frames.map(decodeMessage).filter((message) => message !== null)
  const say = (event: object) => ({ promptId, event, stage: null })
  expect(told).toEqual([
    { promptId: null, event: { kind: 'queue', remaining: 1 }, stage: null },
    { promptId: null, event: { kind: 'queue', remaining: 1 }, stage: null },
    say({ kind: 'started' }),
    say({ kind: 'cached', nodes: ['4', '5', '6', '7', '8'] }),
    ...told.slice(4, -3),
    { promptId, event: null, stage: 'ending' },
    { promptId: null, event: { kind: 'queue', remaining: 0 }, stage: null },
    { promptId, event: null, stage: 'ended' },
  ])
  expect(new Set(told.slice(4, -3).map(({ event }) => event?.kind))).toEqual(new Set(['executing', 'progress']))
})

it('decodes an old preview, which names neither prompt nor node', () => {
  expect(decodeMessage(binary(1, 2, JPEG))).toEqual({
    promptId: null,
    event: { kind: 'preview', node: null, mimeType: 'image/png', image: Buffer.from(JPEG) },
    stage: null,
  })
})

it('decodes a text of a node', () => {
  expect(decodeMessage(binary(3, 2, '12', 'width: 480, größe'))).toEqual({
    promptId: null,
    event: { kind: 'text', node: '12', text: 'width: 480, größe' },
    stage: null,
  })
})

it('decodes a preview with metadata as a server sent it', () => {
  const about =
    '{"node_id": "10", "prompt_id": "84c50c79-8617-4f32-85b3-271ef38859b1", "display_node_id": "10", "parent_node_id": null, "real_node_id": "10", "image_type": "image/jpeg"}'
  expect(decodeMessage(binary(4, 0xa9, about, JPEG))).toEqual({
    promptId: '84c50c79-8617-4f32-85b3-271ef38859b1',
    event: { kind: 'preview', node: '10', mimeType: 'image/jpeg', image: Buffer.from(JPEG) },
    stage: null,
  })
})

it('shows the node of the submitted graph when a node was expanded', () => {
  expect(text('executing', { node: '1.0.0.2', display_node: '1', prompt_id: 'p' })).toEqual({
    promptId: 'p',
    event: { kind: 'executing', node: '1' },
    stage: null,
  })
})

it('reads the executing of a reconnect, which names no prompt', () => {
  expect(text('executing', { node: '10' })).toEqual({
    promptId: null,
    event: { kind: 'executing', node: '10' },
    stage: null,
  })
})

it('takes a node without output for what it is', () => {
  expect(text('executed', { node: '11', display_node: '11', output: null, prompt_id: 'p' })).toEqual({
    promptId: 'p',
    event: { kind: 'executed', node: '11', output: null, files: [] },
    stage: null,
  })
})

it('does not take a blocked branch for the end of a prompt', () => {
  expect(text('execution_error', { prompt_id: 'p', exception_type: 'ExecutionBlocked' })).toBeNull()
  expect(text('execution_error', { prompt_id: 'p', exception_type: 'ValueError' })).toEqual({
    promptId: 'p',
    event: null,
    stage: 'ending',
  })
})

it.each([
  ['an unknown type', '{"type": "crystools.monitor", "data": {}}'],
  ['an unknown binary id', binary(7, 1, JPEG)],
  ['a length beyond the frame', binary(4, 4096, '{}')],
  ['a frame that is cut short', Uint8Array.of(0, 0, 0, 1)],
  ['text that is no JSON', 'pong'],
  ['a progress without numbers', '{"type": "progress", "data": {"value": NaN, "max": 2, "node": "1"}}'],
])('skips %s', (_, frame) => {
  expect(decodeMessage(frame)).toBeNull()
})

it('never throws, whatever arrives', () => {
  const bytes = fc.uint8Array({ maxLength: 64 })
  const framed = fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 80 }), bytes)
    .map((parts) => binary(...parts))
  const types = [
    'status',
    'executing',
    'executed',
    'progress',
    'execution_cached',
    'execution_error',
    'execution_start',
  ]
  const typed = fc
    .tuple(fc.constantFrom(...types), fc.jsonValue())
    .map(([type, data]) => JSON.stringify({ type, data }))
  fc.assert(fc.property(fc.oneof(bytes, framed, typed, fc.json(), fc.string()), (frame) => void decodeMessage(frame)))
})
