import { expect, it } from 'vitest'
import type { Price } from '../../src/domain/price.ts'
import { estimateOf } from '../../src/report/rehearsal.ts'

const price: Price = { perHour: 0.8, from: 'given', at: 0 }

it('gives no estimate of work that no recording has seen', () => {
  expect(estimateOf(0.4, 'NVIDIA L40S', price, ['CLIPLoader', 'KSamplerAdvanced'])).toEqual({
    gpu_minutes: null,
    cost_usd: null,
    note: 'none: the recording has not seen KSamplerAdvanced run, so it knows no times.',
  })
})

it('estimates from a GPU’s timings and refuses to from a CPU’s', () => {
  expect(estimateOf(1_800, 'NVIDIA L40S', price, ['SaveVideo'])).toEqual({
    gpu_minutes: 30,
    cost_usd: 0.4,
    note: '30 min on NVIDIA L40S (recorded timings), $0.40 at $0.80/h (--price)',
  })
  expect(estimateOf(7_260, 'NVIDIA L40S', null, []).note).toBe(
    '2 h 1 min on NVIDIA L40S (recorded timings), without --price no cost',
  )
  expect(estimateOf(0, 'cpu', price, []).note).toBe('none: no job was done.')
  expect(estimateOf(45, 'cpu', price, [])).toEqual({
    gpu_minutes: null,
    cost_usd: null,
    note: 'none: the recording was made on a CPU, whose 45 s for these jobs say nothing about a GPU. With a recording of your own server (--recording) there is one.',
  })
})
