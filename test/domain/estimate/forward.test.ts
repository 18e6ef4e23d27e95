import { expect, it } from 'vitest'
import { forwardOf, forwardsOf, tokensOf } from '../../../src/domain/estimate/forward.ts'

const pass = (width: number, height: number, frames: number) => ({ width, height, frames, references: 0, vace: false })

// Worked out from the configuration of the Wan repository.
it.each([
  [pass(832, 480, 81), 32_760, 1_678, 52],
  [pass(640, 640, 81), 33_600, 1_744, 53],
  [pass(480, 848, 101), 41_340, 2_408, 58],
  [pass(1_280, 720, 81), 75_600, 6_523, 72],
  [pass(1_280, 720, 121), 111_600, 12_920, 79],
  [pass(720, 1_280, 161), 147_600, 21_440, 83],
])('a forward over %o has %i tokens and takes %i TFLOP, attention %i %% of them', (size, tokens, work, share) => {
  const { linear, attention } = forwardOf(size)
  const total = linear + attention
  expect(tokensOf(size)).toBe(tokens)
  expect(total).toBeCloseTo(work, total > 10_000 ? -1 : 0)
  expect(Math.round((attention / total) * 100)).toBe(share)
})

it('a reference picture is one more latent frame, and VACE a fifth more work', () => {
  const plain = pass(480, 848, 101)
  const [one, more] = [plain, { ...plain, vace: true }].map(forwardOf)
  const ratio = (more!.linear + more!.attention) / (one!.linear + one!.attention)
  expect(tokensOf({ ...plain, references: 1 }) - tokensOf(plain)).toBe(30 * 53)
  expect(ratio).toBeGreaterThan(1.2)
  expect(ratio).toBeLessThan(1.21)
})

it('guidance takes two forwards a step', () => {
  expect([forwardsOf(8, 1), forwardsOf(8, 6), forwardsOf(8, 0)]).toEqual([8, 16, 16])
})
