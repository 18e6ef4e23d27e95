import { expect, it } from 'vitest'
import { thinTicks } from '../../../../src/simulators/comfyui/execute/thin-ticks.ts'

const ticks = (everyMs: number, max: number) =>
  Array.from({ length: max }, (_, index) => ({
    atMs: (index + 1) * everyMs,
    progress: { value: BigInt(index + 1), max: BigInt(max) },
  }))

const values = (thin: ReturnType<typeof thinTicks>) => thin.map(({ progress }) => Number(progress?.value))

it('keeps the first and the last of what comes at once', () => {
  expect(values(thinTicks(ticks(0, 9)))).toEqual([1, 9])
})

it('keeps one in 100 ms, and all of what is slower', () => {
  expect(values(thinTicks(ticks(40, 9)))).toEqual([1, 4, 7, 9])
  expect(values(thinTicks(ticks(100, 4)))).toEqual([1, 2, 3, 4])
})

it('leaves out what is less than half a percent', () => {
  expect(values(thinTicks(ticks(100, 1000))).slice(0, 4)).toEqual([1, 6, 11, 16])
})

it('keeps every picture and every text', () => {
  const preview = { format: 'jpeg', bytes: new Uint8Array() } as const
  const shown = ticks(0, 4).map((tick, index) => (index === 1 ? { ...tick, preview } : tick))
  expect(values(thinTicks(shown))).toEqual([1, 2, 4])
  expect(
    thinTicks([
      { atMs: 0, text: 'a' },
      { atMs: 0, text: 'b' },
    ]),
  ).toHaveLength(2)
})
