import { expect, it } from 'vitest'
import { parsePythonJson } from '../../../src/clients/comfyui/answers.ts'
import { fc } from '../../support/seeded.ts'

it('reads bare NaN and Infinity as null, and leaves the same words in strings alone', () => {
  const text = '{"a": NaN, "b": [Infinity, -Infinity], "c": "NaN \\" Infinity", "NaN": -1}'
  expect(parsePythonJson(text)).toEqual({ a: null, b: [null, null], c: 'NaN " Infinity', NaN: -1 })
})

it('throws for what is no JSON in Python either', () => {
  expect(() => parsePythonJson('<html>NaN</html>')).toThrow(SyntaxError)
})

it('agrees with JSON.parse on all JSON', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parsePythonJson(text)).toEqual(JSON.parse(text))
      expect(parsePythonJson(`[NaN, ${text}]`)).toEqual([null, JSON.parse(text)])
    }),
  )
})
