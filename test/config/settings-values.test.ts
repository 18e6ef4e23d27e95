import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bucketAddress, headers, httpUrl } from '../../src/config/parse-address.ts'
import { number } from '../../src/config/parse-value.ts'

const folder = '/'

it('takes exactly the whole numbers of a range, as text and as number', () => {
  const parse = number(1, 1_000, 'whole')
  fc.assert(
    fc.property(fc.oneof(fc.integer({ min: -10, max: 1_010 }), fc.double()), (value) => {
      const isLegal = Number.isInteger(value) && value >= 1 && value <= 1_000
      expect('value' in parse(value, folder)).toBe(isLegal)
      if (isLegal) expect(parse(String(value), folder)).toEqual({ value })
    }),
  )
})

it('takes no text for a number that Number() would only guess at', () => {
  const guesses = ['', ' ', '0x10', '1e3', '1_000', '16px', 'Infinity', 'NaN', '1,5']
  expect(guesses.filter((guess) => 'value' in number(0, 10_000)(guess, folder))).toEqual([])
})

it('takes any bucket with any tidy prefix apart and back together', () => {
  const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/)
  const prefix = fc.stringMatching(/^([a-z0-9]+(\/[a-z0-9 ]+)*)?$/)
  fc.assert(
    fc.property(bucket, prefix, fc.constantFrom('', '/', '//'), (name, path, slashes) => {
      const address = `gs://${name}${path ? `/${path}` : ''}${slashes}`
      expect(bucketAddress(address, folder)).toEqual({ value: { bucket: name, prefix: path } })
    }),
  )
})

it('reads headers from flags, a list and a map alike', () => {
  const value = { 'X-Team': 'otters', Authorization: 'Basic a:b' }
  const lines = ['X-Team: otters', 'Authorization:Basic a:b']
  expect([headers(lines, folder), headers(value, folder), headers(lines[0], folder)]).toEqual([
    { value },
    { value },
    { value: { 'X-Team': 'otters' } },
  ])
})

it('keeps the base path of an address', () => {
  expect(httpUrl('https://gpu.example/comfy/', folder)).toEqual({ value: new URL('https://gpu.example/comfy/') })
})
