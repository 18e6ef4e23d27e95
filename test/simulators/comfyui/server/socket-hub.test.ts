import { expect, it } from 'vitest'
import { dict } from '../../../../src/simulators/comfyui/python/py.ts'
import { SocketHub } from '../../../../src/simulators/comfyui/server/socket-hub.ts'

function hub() {
  const made = new SocketHub({
    remaining: () => 3,
    features: dict({ supports_preview_metadata: true }),
    newId: () => '885c037d-f83e-4b6f-9ece-0cf868570d2a',
  })
  const open = (clientId: string) => {
    const frames: (string | Uint8Array)[] = []
    const on: { message?: (data: string) => void; close?: () => void } = {}
    made.accept(clientId, {
      send: (data) => frames.push(data),
      close: () => {},
      onMessage: (listener) => {
        on.message = listener
      },
      onClose: (listener) => {
        on.close = () => listener(1000, '')
      },
    })
    return { frames, say: (data: string) => on.message!(data), close: () => on.close!() }
  }
  return { hub: made, open }
}

const FLAGS = '{"type": "feature_flags", "data": {"supports_preview_metadata": true}}'
const ANSWER = '{"type": "feature_flags", "data": {"supports_preview_metadata": true}}'
const picture = { format: 'jpeg', bytes: Uint8Array.of(0xff, 0xd8) } as const

it('greets with the queue and the id, also one that it made', () => {
  const { open } = hub()
  expect(open('c1').frames).toEqual([
    '{"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 3}}, "sid": "c1"}}',
  ])
  expect(open('').frames[0]).toContain('"sid": "885c037df83e4b6f9ece0cf868570d2a"')
})

it.each([
  ['the first frame announces them', [FLAGS], true],
  ['what comes before is no JSON or no object', ['{', '[1]', FLAGS], true],
  ['another object came before', ['{"type": "hello"}', FLAGS], false],
])('takes feature flags when %s', (_, frames, taken) => {
  const { hub: made, open } = hub()
  const socket = open('c1')
  for (const frame of frames) socket.say(frame)
  expect(socket.frames.slice(1)).toEqual(taken ? [ANSWER] : [])
  expect(made.takesPreviewMetadata('c1')).toBe(taken)
})

it('takes only the boolean true for a feature', () => {
  const { hub: made, open } = hub()
  open('c1').say('{"type": "feature_flags", "data": {"supports_preview_metadata": 1}}')
  expect(made.takesPreviewMetadata('c1')).toBe(false)
})

it('tells a client that reconnects which node runs, and nobody else', () => {
  const { hub: made, open } = hub()
  made.client = 'c1'
  made.lastNode = '7'
  expect(open('c1').frames.slice(1)).toEqual(['{"type": "executing", "data": {"node": "7"}}'])
  expect(open('c2').frames.length).toBe(1)
})

it('forgets the newer of two sockets with one id when the older closes', () => {
  const { hub: made, open } = hub()
  const [older, newer] = [open('c1'), open('c1')]
  made.send('executing', () => '{}', 'c1')
  expect([older.frames.length, newer.frames.length]).toEqual([1, 2])
  older.close()
  made.send('executing', () => '{}', 'c1')
  made.broadcastStatus()
  expect([older.frames.length, newer.frames.length]).toEqual([1, 2])
})

it('sends to one, to all, or to nobody', () => {
  const { hub: made, open } = hub()
  const [one, other] = [open('c1'), open('c2')]
  made.send('progress', () => '{}', 'c1')
  made.send('progress', () => '{}', null)
  made.send('progress', () => expect.fail('nobody listens'), 'gone')
  made.send('progress', () => expect.fail('nobody listens'), 5n)
  expect([one.frames.length, other.frames.length]).toEqual([3, 2])
})

it('frames pictures and texts', () => {
  const { hub: made, open } = hub()
  const { frames } = open('c1')
  made.preview(picture, null, 'c1')
  made.preview({ ...picture, format: 'png' }, null, null)
  made.preview(picture, dict({ a: 'b' }), 'c1')
  made.text('12', 'größe')
  expect(frames.slice(1).map((frame) => Buffer.from(frame).toString('hex'))).toEqual([
    '0000000100000001ffd8',
    '0000000100000002ffd8',
    `000000040000000a${Buffer.from('{"a": "b"}').toString('hex')}ffd8`,
    `0000000300000002${Buffer.from('12größe').toString('hex')}`,
  ])
})
