import { expect, it } from 'vitest'
import { fitRates, median, ratioOf, secondsAt } from '../../../src/domain/estimate/rates.ts'

const small = { linear: 800, attention: 900 }
const large = { linear: 1_800, attention: 4_700 }
const timed = (forward: typeof small, seconds: number) => ({ forward, forwards: 10, seconds })

it('two sizes tell both rates', () => {
  const rates = { linear: 300, attention: 700 }
  const seen = [small, large].map((forward) => timed(forward, secondsAt(rates, forward, 10)))
  const fitted = fitRates(seen, 1)!
  expect(fitted.linear).toBeCloseTo(300)
  expect(fitted.attention).toBeCloseTo(700)
  expect(ratioOf(seen)).toBeCloseTo(7 / 3)
})

it('one size tells one rate, and the other by the ratio that is given', () => {
  expect(fitRates([timed(small, 17), timed(small, 17)], 1)).toEqual({ linear: 1_000, attention: 1_000 })
  const two = fitRates([timed(small, 17)], 1.5)!
  expect(two.attention / two.linear).toBeCloseTo(1.5)
  expect(secondsAt(two, small, 10)).toBeCloseTo(17)
  expect(ratioOf([timed(small, 17)])).toBeNull()
})

it('times that no two rates explain give one', () => {
  expect(fitRates([timed(small, 20), timed(large, 25)], 1)!.linear).toBeGreaterThan(0)
})

it('nothing timed gives no rate', () => {
  expect(fitRates([], 1)).toBeNull()
  expect(median([])).toBeNull()
})
