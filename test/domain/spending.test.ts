import { expect, it } from 'vitest'
import { costOf, dollarText, type Price, priceText } from '../../src/domain/price.ts'
import { costAfter, overrunAfter, overrunText, type Terms } from '../../src/domain/spending.ts'
import { fc } from '../support/seeded.ts'

const minutes = (count: number) => count * 60_000
const price: Price = { perHour: 3, from: 'given', at: 0 }
const none: Terms = { price: null, budget: null, deadline: null }

it.each([
  // budget in USD, deadline, taken and to come in minutes, USD of earlier starts; 3 USD an hour are 5 cents a minute
  [null, null, 600, 600, 9, null],
  [2.5, null, 49, 0, 0, null],
  [2.5, null, 50, 0, 0, '$2.50 at $3.00/h (--price), and the budget is $2.50'],
  [2.5, null, 40, 10, 0, null],
  [2.5, null, 40, 11, 0, '$2.55 at $3.00/h (--price), and the budget is $2.50'],
  [2.5, null, 40, 10.01, 0, '$2.51 at $3.00/h (--price), and the budget is $2.50'],
  [2.5, null, 0, 0, 2.5, '$2.50 at $3.00/h (--price), and the budget is $2.50'],
  [2.5, null, 0, 20, 2, '$3.00 at $3.00/h (--price), and the budget is $2.50'],
  [null, 40, 39, 1, 9, null],
  [null, 40, 40, 0, 9, '40:00 after the start, and the deadline is 40:00'],
  [null, 40, 39, 1.001, 9, '40:01 after the start, and the deadline is 40:00'],
  [2.5, 40, 45, 10, 0, '$2.75 at $3.00/h (--price), and the budget is $2.50'],
  [2.5, 40, 41, 0, 0, '41:00 after the start, and the deadline is 40:00'],
])('judges a budget of %s and a deadline of %s after %s minutes, with %s to come and %s paid before', (...row) => {
  const [budget, deadline, taken, more, before, expected] = row
  const terms = { price, budget, deadline: deadline === null ? null : minutes(deadline) }
  const overrun = overrunAfter(terms, { ms: minutes(taken), before }, minutes(more))
  expect(overrun && overrunText(overrun)).toBe(expected)
})

it('knows no cost without a price, and holds no budget against it', () => {
  const taken = { ms: minutes(600), before: 0 }
  expect(costAfter(none, taken)).toBe(null)
  expect(overrunAfter({ ...none, budget: 0.01 }, taken, 0)).toBe(null)
})

it('never allows more where it has forbidden less', () => {
  const amount = fc.double({ min: 0, max: 1e6, noNaN: true })
  const limit = fc.option(fc.double({ min: 0.01, max: 1e6, noNaN: true }))
  const terms = fc.record({
    price: fc.option(fc.record({ perHour: fc.double({ min: 0.0001, max: 1e4, noNaN: true }) })),
    budget: limit,
    deadline: limit,
  })
  fc.assert(
    fc.property(terms, amount, amount, amount, amount, (given, ms, before, more, another) => {
      const at = { ...given, price: given.price && { ...price, ...given.price } }
      const [less, greater] = [Math.min(more, another), Math.max(more, another)]
      const isStopped = (to: number) => overrunAfter(at, { ms, before }, to) !== null
      expect(isStopped(less) && !isStopped(greater)).toBe(false)
      // What is allowed costs no more than the budget, and ends before the deadline.
      if (isStopped(greater)) return
      expect(ms + greater).toBeLessThanOrEqual(at.deadline ?? Number.POSITIVE_INFINITY)
      if (at.price)
        expect(before + costOf(ms + greater, at.price)).toBeLessThanOrEqual(at.budget ?? Number.POSITIVE_INFINITY)
    }),
  )
})

it('never names a sum that is less than it is', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1e6, noNaN: true }), (cost) => {
      const [shown] = overrunText({ rule: 'budget', cost, budget: 1, price }).split(' ')
      expect(Number(shown!.slice(1))).toBeGreaterThanOrEqual(cost - 1e-9)
    }),
  )
})

it('writes money as people read it, always with its source', () => {
  expect([0, 0.001, 0.0099, 0.01, 2.705, 1234.5].map(dollarText)).toEqual([
    '$0.00',
    '$0.001',
    '$0.0099',
    '$0.01',
    '$2.71',
    '$1234.50',
  ])
  const read: Price = { perHour: 0.125, from: 'runpod', at: Date.UTC(2026, 10, 30, 23) }
  expect([priceText(read), priceText({ ...read, perHour: 2, from: 'given' })]).toEqual([
    '$0.125/h (RunPod, 2026-11-30)',
    '$2.00/h (--price)',
  ])
})
