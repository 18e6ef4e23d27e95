import { expect, it } from 'vitest'
import { pyBool, pyFloat, pyInt } from '../../../../src/simulators/comfyui/python/convert.ts'
import { floatRepr, pyRepr, pyStr } from '../../../../src/simulators/comfyui/python/format.ts'
import {
  pyContains,
  pyEquals,
  pyGreater,
  pyIn,
  pyItem,
  pyIterate,
  pyKey,
  pyLess,
} from '../../../../src/simulators/comfyui/python/operators.ts'
import type { Py } from '../../../../src/simulators/comfyui/python/py.ts'
import { fc } from '../../../support/seeded.ts'

// Expected values and texts were printed by Python 3.11.7.

it.each<[Py, string]>([
  ["it's", `"it's"`],
  [`it's "x"`, `'it\\'s "x"'`],
  ['a\\b\n\t\r\0\x7f\xa0\xad', "'a\\\\b\\n\\t\\r\\x00\\x7f\\xa0\\xad'"],
  ['é日😀 \u200b\u2028\ud800', "'é日😀 \\u200b\\u2028\\ud800'"],
  ['\u{1fae8}\u{e0001}', "'\\U0001fae8\\U000e0001'"],
  [['a', 1n, 2, true, null, new Map<string, Py>([['k', []]])], "['a', 1, 2.0, True, None, {'k': []}]"],
  [[Number.NaN, Number.POSITIVE_INFINITY], '[nan, inf]'],
])('repr(%o) is Python’s', (value, text) => {
  expect(pyRepr(value)).toBe(text)
})

it('writes a text as it is', () => {
  expect(pyStr("it's")).toBe("it's")
})

it.each<[Py, bigint]>([
  [' 4 ', 4n],
  ['+1_000', 1000n],
  ['\u0663\uff10', 30n],
  [3.9, 3n],
  [-3.9, -3n],
  [1e20, 100000000000000000000n],
  [true, 1n],
])('int(%o) is %o', (value, int) => {
  expect(pyInt(value)).toBe(int)
})

it.each<[Py, string, string]>([
  ['3.5', 'ValueError', "invalid literal for int() with base 10: '3.5'"],
  ['1__0', 'ValueError', "invalid literal for int() with base 10: '1__0'"],
  ['', 'ValueError', "invalid literal for int() with base 10: ''"],
  ['x'.repeat(300), 'ValueError', `invalid literal for int() with base 10: '${'x'.repeat(199)}`],
  [null, 'TypeError', "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'"],
  [new Map(), 'TypeError', "int() argument must be a string, a bytes-like object or a real number, not 'dict'"],
  [Number.NaN, 'ValueError', 'cannot convert float NaN to integer'],
  [Number.POSITIVE_INFINITY, 'OverflowError', 'cannot convert float infinity to integer'],
  [
    '1'.repeat(4301),
    'ValueError',
    'Exceeds the limit (4300 digits) for integer string conversion: value has 4301 digits; ' +
      'use sys.set_int_max_str_digits() to increase the limit',
  ],
])('int(%.20o) raises', (value, type, message) => {
  expect(() => pyInt(value)).toThrow(expect.objectContaining({ type, message }))
})

it.each<[Py, number]>([
  [' 1e-1 ', 0.1],
  ['1_0.5', 10.5],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['nan', Number.NaN],
  ['.5', 0.5],
  [1n, 1],
  [2n ** 64n, 18446744073709552000],
  [false, 0],
])('float(%o) is %o', (value, float) => {
  expect(pyFloat(value)).toBe(float)
})

it.each<[Py, string, string]>([
  ['abc', 'ValueError', "could not convert string to float: 'abc'"],
  ['1_', 'ValueError', "could not convert string to float: '1_'"],
  [[], 'TypeError', "float() argument must be a string or a real number, not 'list'"],
  [10n ** 400n, 'OverflowError', 'int too large to convert to float'],
])('float(%.20o) raises', (value, type, message) => {
  expect(() => pyFloat(value)).toThrow(expect.objectContaining({ type, message }))
})

it('takes empty things and zero for false, and nothing else', () => {
  expect([null, false, 0n, 0, -0, '', [], new Map()].map(pyBool)).toEqual(Array(8).fill(false))
  expect([true, 1n, Number.NaN, 'false', [null], new Map([['', null]])].map(pyBool)).toEqual(Array(6).fill(true))
})

it('compares numbers by value, and texts by code points', () => {
  expect(pyEquals([1n, true], [1, 1n])).toBe(true)
  expect(pyEquals(Number.NaN, Number.NaN)).toBe(false)
  expect(pyEquals('1', 1n)).toBe(false)
  expect(pyIn(true, ['a', 1])).toBe(true)
  expect(pyLess(9007199254740993n, 9007199254740992)).toBe(false)
  expect(pyGreater('\u{1f600}', '\uffff')).toBe(true)
  expect(pyKey([1n, new Map<string, Py>([['b', 1], ['a', null]])])).toBe(pyKey([true, new Map<string, Py>([['a', null], ['b', 1n]])])) // biome-ignore format: one line
  expect(() => pyLess('1', 1n)).toThrow("'<' not supported between instances of 'str' and 'int'")
})

it('writes floats that read back as themselves', () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      expect(pyFloat(floatRepr(value))).toBe(value)
    }),
  )
})

it('indexes containers as Python does', () => {
  expect(pyItem(['a', 'b'], -1n)).toBe('b')
  expect(pyItem('é😀', 1n)).toBe('😀')
  expect(pyContains('abc', 'bc')).toBe(true)
  expect(pyIterate(new Map([['k', 1n]]))).toEqual(['k'])
})

it.each<[() => Py, string]>([
  [() => pyItem(new Map(), '99'), "'99'"],
  [() => pyItem(new Map(), 1n), '1'],
  [() => pyItem(new Map(), []), "unhashable type: 'list'"],
  [() => pyItem([], 0n, 'tuple'), 'tuple index out of range'],
  [() => pyItem([], 2n ** 70n), "cannot fit 'int' into an index-sized integer"],
  [() => pyItem([], 'a', 'tuple'), 'tuple indices must be integers or slices, not str'],
  [() => pyItem('a', 'b'), "string indices must be integers, not 'str'"],
  [() => pyItem(5n, 'b'), "'int' object is not subscriptable"],
  [() => pyContains(null, 'b'), "argument of type 'NoneType' is not iterable"],
  [() => pyContains('a', 1n), "'in <string>' requires string as left operand, not int"],
  [() => [...pyIterate(true)], "'bool' object is not iterable"],
])('%s raises', (run, message) => {
  expect(run).toThrow(expect.objectContaining({ message }))
})
