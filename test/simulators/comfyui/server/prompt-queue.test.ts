import { expect, it } from 'vitest'
import { PythonError } from '../../../../src/simulators/comfyui/python/py.ts'
import { PromptQueue } from '../../../../src/simulators/comfyui/server/prompt-queue.ts'
import type { QueueItem } from '../../../../src/simulators/comfyui/validate/validate-prompt.ts'
import { fc } from '../../../support/seeded.ts'

const item = (number: bigint | number, promptId = `id ${number}`, graph: [string, string][] = []): QueueItem => ({
  number,
  promptId,
  prompt: new Map(graph),
  extraData: new Map(),
  outputs: [],
})

function queueOf(...items: QueueItem[]) {
  const changes: number[] = []
  const queue = new PromptQueue(() => changes.push(queue.remaining))
  for (const each of items) queue.put(each)
  changes.length = 0
  return { queue, changes }
}

// What Python's heapq makes of the same numbers.
it('keeps the raw heap that the server shows', () => {
  const { queue } = queueOf(item(9n), item(10n), item(1.5), item(12n), item(-5.0), item(3.0), item(13n), item(-11n))
  const numbers = () => queue.pending.map(({ number }) => number)
  expect(numbers()).toEqual([-11n, -5, 3, 1.5, 10n, 9n, 13n, 12n])
  queue.take()
  expect(numbers()).toEqual([-5, 1.5, 3, 12n, 10n, 9n, 13n])
  queue.delete('id 1.5')
  expect(numbers()).toEqual([-5, 3, 12n, 10n, 9n, 13n])
})

it('gives out prompts by number, then by id, whatever the order they came in', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.boolean())), (numbers) => {
      const items = numbers.map(([number, float], index) => item(float ? number + 0.5 : BigInt(number), `p${index}`))
      const { queue } = queueOf(...items)
      const taken = items.map(() => queue.take()!)
      const before = (a: QueueItem, b: QueueItem) =>
        Number(a.number) - Number(b.number) || (a.promptId < b.promptId ? -1 : 1)
      expect(taken).toEqual(items.toSorted(before))
      expect(queue.take()).toBeNull()
    }),
  )
})

it('tells twice of the last waiting prompt that is deleted', () => {
  const { queue, changes } = queueOf(item(1n), item(2n))
  queue.delete('id 1')
  queue.delete('unknown')
  expect(changes).toEqual([1])
  queue.delete('id 2')
  expect(changes).toEqual([1, 0, 0])
})

it('counts the running prompt, which neither clear nor delete touch', () => {
  const { queue, changes } = queueOf(item(1n), item(2n))
  queue.take()
  queue.delete('id 1')
  queue.clear()
  expect([queue.remaining, queue.running?.promptId]).toEqual([1, 'id 1'])
  queue.done(() => changes.push(-1))
  expect(changes).toEqual([2, 1, -1, 0])
})

it('queues a second prompt of the same number and id although Python cannot order them', () => {
  const { queue } = queueOf(item(1n, 'same', [['a', 'x']]))
  expect(() => queue.put(item(1n, 'same', [['a', 'y']]))).toThrow(PythonError)
  expect(queue.remaining).toBe(2)
})
