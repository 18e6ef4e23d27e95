import { expect, it } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { costBefore, noCost, reduceRunCost } from '../../src/state/run-cost.ts'

const HOUR = 3_600_000
const start = (hour: number): RunEvent => ({
  kind: 'run-started',
  at: hour * HOUR,
  runId: 'id',
  runName: 'calm-otter',
  dryRun: false,
  videos: [],
})
const price = (hour: number, perHour: number): RunEvent => ({
  kind: 'price',
  at: hour * HOUR,
  price: { perHour, from: 'given', at: 0 },
  before: 0,
})
const note = (hour: number): RunEvent => ({ kind: 'warning', at: hour * HOUR, video: null, message: 'mind the pod' })

/** USD of all starts, where an hour costs 10 now. */
const paid = (...events: RunEvent[]) => costBefore(events.reduce(reduceRunCost, noCost), { perHour: 10 })

it('counts each start from its beginning to its last note, at the price of that time', () => {
  expect(paid(start(1), price(1, 2), note(1.5), note(2))).toBe(2)
  expect(paid(start(1), price(1, 2), note(2), start(50), price(50, 4), note(51))).toBe(6)
})

it('counts time without a price at the present one', () => {
  expect(paid(start(1), note(2))).toBe(10)
  expect(paid(start(1), note(2), start(5), price(5, 2), note(6))).toBe(12)
  expect(paid()).toBe(0)
})

it('counts the moments before the price is known, and no time twice', () => {
  expect(paid(start(1), price(1.5, 2), note(2))).toBe(2)
  expect(paid(start(1), price(1, 2), note(3), note(2), note(3))).toBe(4)
})
