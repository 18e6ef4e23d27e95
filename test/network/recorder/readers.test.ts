import { expect, it } from 'vitest'
import { FrameReader } from '../../../src/network/recorder/frame-reader.ts'
import { answerFraming, requestFraming } from '../../../src/network/recorder/message-head.ts'
import { MessageReader } from '../../../src/network/recorder/message-reader.ts'
import { answerKinds } from './exchanges/answer-kinds.ts'
import { requestKinds } from './exchanges/request-kinds.ts'
import { socketKinds } from './exchanges/socket-kinds.ts'
import type { Step } from './exchanges/steps.ts'

const kinds = Object.entries({ ...answerKinds, ...requestKinds, ...socketKinds })

/** All that one side of a kind sends; large bodies have no other borders than small ones. */
function sentBy(steps: readonly Step[], side: 'c' | 's'): Buffer {
  return Buffer.concat(steps.flatMap((step) => (side in step ? [(step as Record<typeof side, Buffer>)[side]] : [])))
}

function inPieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

/** What a reader makes of them: heads, bodies and ends, and all the bytes again. */
function read(pieces: readonly Buffer[], newReader: () => MessageReader) {
  const reader = newReader()
  const told: string[] = []
  const raw: Buffer[] = []
  for (const part of pieces.flatMap((piece) => [...reader.read(piece)])) {
    raw.push(part.raw)
    const data = part.kind === 'body' ? part.data : part.kind === 'other' ? part.raw : null
    if (part.kind === 'head') told.push(`${part.head.start} ${JSON.stringify([...part.head.headers])}`, '')
    else if (data) told[told.length - 1] += data.toString('latin1')
    else told.push('(end)', '')
  }
  return { told, raw: Buffer.concat([...raw, reader.tunnel()]) }
}

it.each([
  ['client', 'c', () => new MessageReader(requestFraming)],
  ['server', 's', () => new MessageReader((head) => answerFraming(head, 'GET'))],
] as const)('understands what a %s says the same in whatever pieces it comes', (_, side, newReader) => {
  for (const [kind, steps] of kinds) {
    const bytes = sentBy(steps, side)
    const whole = read([bytes], newReader)
    for (const size of bytes.length > 100_000 ? [999] : [1, 7]) {
      const cut = read(inPieces(bytes, size), newReader)
      expect({ kind, told: cut.told }).toEqual({ kind, told: whole.told })
      expect(cut.raw.equals(bytes), kind).toBe(true)
    }
  }
})

it('reads frames the same in whatever pieces they come', () => {
  for (const [kind, steps] of Object.entries(socketKinds)) {
    const bytes = sentBy(steps.slice(2), 's')
    const frames = (size: number) => {
      const reader = new FrameReader()
      return inPieces(bytes, size).flatMap((piece) =>
        [...reader.read(piece)].map(({ opcode, data }) => [opcode, data.toString('latin1')]),
      )
    }
    if (!steps.some((step) => 's' in step && step.s.includes('websocket'))) continue
    for (const size of bytes.length > 100_000 ? [999] : [1, 7])
      expect([kind, frames(size)]).toEqual([kind, frames(bytes.length || 1)])
  }
})
