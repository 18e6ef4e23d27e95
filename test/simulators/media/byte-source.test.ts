import { expect, it } from 'vitest'
import { type ByteSource, bytesOf, fromBytes, remade } from '../../../src/simulators/media/byte-source.ts'
import { alive } from '../../support/alive.ts'

it('makes a source when somebody reads it, and anew when nobody does any more', async () => {
  const made = alive<ByteSource>()
  let count = 0
  const source = remade(() => {
    count += 1
    return made.add({ ...fromBytes(Uint8Array.of(1, 2, 3)) })
  })
  expect(count).toBe(0)
  const reading = source.read()[Symbol.iterator]()
  expect([...(reading.next().value as Uint8Array)]).toEqual([1, 2, 3])
  expect(await made.count()).toBe(1)
  expect([count, source.size, [...bytesOf(source, 1)]]).toEqual([1, 3, [2, 3]])
  expect(reading.next().done).toBe(true)
  expect(await made.count()).toBe(0)
  expect([...bytesOf(source)]).toEqual([1, 2, 3])
  expect(count).toBe(2)
})
