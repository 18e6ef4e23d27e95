import { expect, it } from 'vitest'
import { chunkLengths, referenceFrame, renderFrames, switchStep } from '../../src/domain/frames.ts'
import { fc } from '../support/seeded.ts'

it('renders the next 4n+1 at or above what is kept', () => {
  expect([1, 2, 5, 6, 72, 81, 96, 101, 150].map(renderFrames)).toEqual([1, 5, 5, 9, 73, 81, 97, 101, 153])
})

it('evens out a last chunk that would be a stub', () => {
  expect(chunkLengths(500, 81, true)).toEqual([72, 72, 72, 71, 71, 71, 71])
  expect(chunkLengths(500, 81, false)).toEqual([81, 81, 81, 81, 81, 81, 14])
  expect(chunkLengths(500, 101, true)).toEqual([101, 101, 101, 101, 96])
})

it('evens out hundreds of chunks as well as a few', () => {
  const lengths = chunkLengths(101 * 199 + 1, 101, true)
  expect([lengths.length, lengths[0], lengths.at(-1)]).toEqual([200, 101, 100])
})

it('leaves a short last chunk alone when the others are as short', () => {
  expect(chunkLengths(60, 20, true)).toEqual([20, 20, 20])
})

it('keeps every frame for every total and chunk length, evened out or not', () => {
  const inputs = [fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 200 }), fc.boolean()] as const
  fc.assert(
    fc.property(...inputs, (total, perChunk, evenOut) => {
      const lengths = chunkLengths(total, perChunk, evenOut)
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(total)
      expect(Math.max(...lengths)).toBeLessThanOrEqual(perChunk)
      expect(Math.min(...lengths)).toBeGreaterThanOrEqual(1)
    }),
  )
})

it('hands on the frame ten before the end of the kept part', () => {
  expect([101, 10, 11, 3].map(referenceFrame)).toEqual([91, 0, 1, 0])
})

it('hands over from HIGH to LOW after half the steps', () => {
  expect([2, 4, 5, 8, 20].map(switchStep)).toEqual([1, 2, 3, 4, 10])
})
