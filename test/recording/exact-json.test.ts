import { expect, it } from 'vitest'
import { isJson, membersOf, prettyJson, rawMembers } from '../../src/recording/exact-json.ts'
import { fc } from '../support/seeded.ts'

it('indents without touching numbers, escapes or the order of keys', () => {
  expect(
    prettyJson(
      '{"12":{"seed":12345678901234567890,"cfg":1.0,"text":"a\\u00e9: {\\"b\\"}, [c]"},"3":[],"e":{}, "l":[1,[2]]}',
    ),
  ).toBe(`{
  "12": {
    "seed": 12345678901234567890,
    "cfg": 1.0,
    "text": "a\\u00e9: {\\"b\\"}, [c]"
  },
  "3": [],
  "e": {},
  "l": [
    1,
    [
      2
    ]
  ]
}`)
})

it('indents any JSON as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      // JSON.parse moves number-like keys to the front, the printer leaves them in place.
      fc.pre(!/"\d+":/.test(text))
      expect(prettyJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2))
    }),
  )
})

it('gives the members of an object as they were written', () => {
  expect(rawMembers('{"a": 1.0, "b": {"c": [1, {"d": ":"}]}, "12": "x,y", "3": null}')).toEqual(
    new Map([
      ['a', '1.0'],
      ['b', '{"c": [1, {"d": ":"}]}'],
      ['12', '"x,y"'],
      ['3', 'null'],
    ]),
  )
})

it.each(['[1]', '"text"', '1', '', '{"a":', 'not json'])('finds no members in %j', (text) => {
  expect(rawMembers(text)).toBeNull()
})

it('finds the members of any object', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const members = [...(rawMembers(JSON.stringify(object)) ?? [])].map(([key, value]) => [key, JSON.parse(value)])
      expect(Object.fromEntries(members)).toEqual(JSON.parse(JSON.stringify(object)))
    }),
  )
})

it('finds no members in an object that is cut off', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (object, part) => {
        const text = JSON.stringify(object)
        expect(membersOf(text.slice(0, Math.min(text.length - 1, text.length * part)))).toBeNull()
      },
    ),
  )
})

it('leaves members unread', () => {
  expect(membersOf(' {"a": tru, "b": [1 2]} ')).toEqual(new Map(Object.entries({ a: 'tru', b: '[1 2]' })))
})

it('knows JSON from text', () => {
  expect(['{}', '1', '{', ''].map(isJson)).toEqual([true, true, false, false])
})
