import { expect, it } from 'vitest'
import { cutTo, widthOf } from '../../src/domain/text-width.ts'

it.each([
  ['otter', 5],
  ['█░·…–', 5],
  ['獺ダ한', 6],
  ['🦦', 2],
  ['e\u0301', 1],
  ['', 0],
])('%s takes %i columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns)
})

it.each([
  ['otter', 5, 'otter'],
  ['otters', 5, 'otte…'],
  ['獺獺獺', 5, '獺獺…'],
  ['獺獺獺', 4, '獺…'],
  ['otter', 0, ''],
])('%s in %i columns is %s', (text, columns, cut) => {
  expect(cutTo(text, columns)).toBe(cut)
})
