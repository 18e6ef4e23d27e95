import { expect, it } from 'vitest'
import { createRedactor } from '../../src/recording/redact.ts'
import { redactFrame } from '../../src/recording/redact-frame.ts'

const redactor = createRedactor({ pin: 'glade-4711' })
const redacted = (data: Uint8Array) => Buffer.from(redactFrame(data, redactor, '/ws'))

/** A frame as ComfyUI packs it: kind and length of its head (both 32 bits, big-endian), head, rest. */
function frame(kind: number, head: string, rest: string | Uint8Array): Buffer {
  const lengths = Buffer.alloc(8)
  lengths.writeUInt32BE(kind)
  lengths.writeUInt32BE(Buffer.byteLength(head), 4)
  return Buffer.concat([lengths, Buffer.from(head), Buffer.from(rest)])
}

const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff, 0xfe])

it('packs the metadata of a preview anew, and leaves its picture', () => {
  expect(redacted(frame(4, '{"node_id":"glade-4711"}', picture))).toEqual(
    frame(4, '{"node_id":"{{secret:pin}}"}', picture),
  )
})

it('takes a secret out of the text of a node', () => {
  expect(redacted(frame(3, '12', 'the pin is glade-4711'))).toEqual(frame(3, '12', 'the pin is {{secret:pin}}'))
})

it('leaves what is neither text nor of a known kind, or too short for what it says', () => {
  const whole = [
    frame(1, 'glade-4711', picture),
    frame(4, '{"node_id":"glade-4711"}', '').subarray(0, 20),
    Buffer.from([0, 1]),
  ]
  expect(whole.map(redacted)).toEqual(whole)
})

it('takes a frame that is text as a whole for a message', () => {
  expect(redacted(Buffer.from('pin glade-4711')).toString()).toBe('pin {{secret:pin}}')
})
