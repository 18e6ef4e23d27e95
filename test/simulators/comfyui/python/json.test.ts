import { expect, it } from 'vitest'
import { dumpJson } from '../../../../src/simulators/comfyui/python/format.ts'
import { pyKey } from '../../../../src/simulators/comfyui/python/operators.ts'
import { parseJson } from '../../../../src/simulators/comfyui/python/parse.ts'
import type { Py } from '../../../../src/simulators/comfyui/python/py.ts'
import { fc } from '../../../support/seeded.ts'

const text = fc.string({ unit: 'binary' })

const python: fc.Arbitrary<Py> = fc.letrec<{ value: Py }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.bigInt(),
    fc.double(),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
})).value

it('reads back every value it writes', () => {
  fc.assert(
    fc.property(python, (value) => {
      expect(parseJson(dumpJson(value))).toEqual(value)
    }),
  )
})

it('agrees with JSON.parse on what both can read', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (json) => {
      const ordinary = JSON.stringify(JSON.parse(json))
      expect(JSON.stringify(JSON.parse(dumpJson(parseJson(json))))).toBe(ordinary)
    }),
  )
})

it('gives equal keys to what it reads back', () => {
  fc.assert(
    fc.property(python, (value) => {
      expect(pyKey(parseJson(dumpJson(value)))).toBe(pyKey(value))
    }),
  )
})

it.each([
  ['18446744073709551615', 18446744073709551615n],
  ['[1, 1.0, -0, -0.0, 1e400]', [1n, 1, 0n, -0, Number.POSITIVE_INFINITY]],
  ['[NaN, Infinity, -Infinity]', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ['{"10": 1, "9": 2, "10": 3}', new Map([['10', 3n], ['9', 2n]])], // biome-ignore format: one case a line
  ['"\\ud800 \\u00e9\\/"', '\ud800 é/'],
  [' \n\t[ ] ', []],
])('reads %s as Python does', (json, value) => {
  expect(parseJson(json)).toEqual(value)
})

it.each([
  ['', 'JSONDecodeError'],
  ['\ufeff{}', 'JSONDecodeError'],
  ['01', 'JSONDecodeError'],
  ['[1,]', 'JSONDecodeError'],
  ['{"a" 1}', 'JSONDecodeError'],
  ["{'a': 1}", 'JSONDecodeError'],
  ['"a\tb"', 'JSONDecodeError'],
  ['"\\x41"', 'JSONDecodeError'],
  ['-', 'JSONDecodeError'],
  ['nul', 'JSONDecodeError'],
  ['1'.repeat(4301), 'ValueError'],
  ['['.repeat(100_000), 'RecursionError'],
])('refuses %.20s as Python does', (json, type) => {
  expect(() => parseJson(json)).toThrow(
    expect.objectContaining({ name: 'PythonError', type: expect.stringContaining(type) }),
  )
})

it.each([
  [[1n, 1, 100000, 1e-5, 1e16, 1.5e300, -0], '[1, 1.0, 100000.0, 1e-05, 1e+16, 1.5e+300, -0.0]'],
  [[true, false, null, Number.NaN, Number.NEGATIVE_INFINITY], '[true, false, null, NaN, -Infinity]'],
  ['é日\u007f😀"\\\n', '"\\u00e9\\u65e5\\u007f\\ud83d\\ude00\\"\\\\\\n"'],
  [new Map<string, Py>([['2', []], ['1', new Map()]]), '{"2": [], "1": {}}'], // biome-ignore format: one case a line
])('writes %o as Python does', (value, json) => {
  expect(dumpJson(value)).toBe(json)
})
