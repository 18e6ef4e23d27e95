import { expect, it } from 'vitest'
import { comparedText, lengthText, spanText } from '../../../src/domain/estimate/estimate-text.ts'

const span = (low: number, high: number) => ({ low, mid: (low + high) / 2, high })

it.each([
  [span(690.2, 894.9), '11–15 min'],
  [span(40.2, 55.1), '40–56 s'],
  [span(228, 366), '3.8–6.1 min'],
  [span(11_160, 15_120), '3.1–4.2 h'],
  [span(59.9999999999, 60), '60 s'],
  [span(0, 0), '0 s'],
])('%o is said as %s', (given, said) => {
  expect(spanText(given)).toBe(said)
})

it.each([
  [0, '0 s'],
  [2.5, '3 s'],
  [119, '119 s'],
  [120, '2 min'],
  [756, '12.6 min'],
  [9_360, '2.6 h'],
  [990_000, '275 h'],
])('%d seconds are said as %s', (seconds, said) => {
  expect(lengthText(seconds)).toBe(said)
})

it.each([
  [756, 786, 'estimated 12.6 min, took 13.1 min (+4 %)'],
  [756, 700, 'estimated 12.6 min, took 11.7 min (-7 %)'],
  [100, 100, 'estimated 100 s, took 100 s (+0 %)'],
])('%d seconds that were estimated are compared with %d', (estimated, took, said) => {
  expect(comparedText(estimated, took)).toBe(said)
})
