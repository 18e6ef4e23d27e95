import { expect, it } from 'vitest'
import { bucketAddress, bucketNameFault, headers, httpUrl } from '../../src/config/parse-address.ts'
import { number } from '../../src/config/parse-value.ts'
import { type SettingName, settingRows, settingTable } from '../../src/config/setting-table.ts'
import { fc } from '../support/seeded.ts'

const folder = '/'

it('takes exactly the whole numbers of a range, as text and as number', () => {
  const parse = number({ name: 'steps', smallest: 1, largest: 1_000, step: 1 })
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
  expect(
    guesses.filter(
      (guess) => 'value' in number({ name: 'cfg', smallest: 0, largest: 10_000, step: null })(guess, folder),
    ),
  ).toEqual([])
})

it('takes any bucket with any tidy prefix apart and back together', () => {
  const bucket = fc
    .stringMatching(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/)
    .filter((name) => bucketNameFault(name) === null)
  const prefix = fc.stringMatching(/^([a-z0-9]+(\/[a-z0-9 ]+)*)?$/)
  fc.assert(
    fc.property(bucket, prefix, fc.constantFrom('', '/', '//'), (name, path, slashes) => {
      const address = `gs://${name}${path ? `/${path}` : ''}${slashes}`
      expect(bucketAddress(address, folder)).toEqual({ value: { bucket: name, prefix: path } })
    }),
  )
})

it.each([
  ['abc', null],
  [`${'a'.repeat(63)}.${'b'.repeat(63)}.films_2`, null],
  ['films-2.example.org', null],
  ['10.0.0.1.example.org', null],
  ['agoog', null],
  ['a', 'must name a bucket of 3 to 63 characters, between dots at most 63'],
  ['ab', 'must name a bucket of 3 to 63 characters, between dots at most 63'],
  ['a'.repeat(64), 'must name a bucket of 3 to 63 characters, between dots at most 63'],
  [`films.${'b'.repeat(64)}`, 'must name a bucket of 3 to 63 characters, between dots at most 63'],
  [
    `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(40)}`,
    'must name a bucket of at most 222 characters',
  ],
  ['Films', 'must name a bucket of lower-case letters, digits, dots, dashes and underscores'],
  ['films-', 'must name a bucket that starts and ends with a letter or digit'],
  ['.films', 'must name a bucket that starts and ends with a letter or digit'],
  ['my..films', 'must name a bucket without a dot beside another dot or a dash'],
  ['my-.films', 'must name a bucket without a dot beside another dot or a dash'],
  ['my.-films', 'must name a bucket without a dot beside another dot or a dash'],
  ['192.168.1.1', 'must name a bucket, which cannot look like an IP address'],
  ['goog-films', 'must name a bucket, which cannot begin with "goog"'],
  ['my-google-films', 'must name a bucket, which cannot contain "google" or look as if it did'],
  ['my-g00gle-films', 'must name a bucket, which cannot contain "google" or look as if it did'],
])('knows what is wrong with the bucket name %s', (name, wrong) => {
  expect(bucketAddress(`gs://${name}`, folder)).toEqual(
    wrong === null ? { value: { bucket: name, prefix: '' } } : { wrong },
  )
})

it.each(['gs://films/../x', 'gs://films/a/./b', 'gs://films/..'])('takes no prefix like that of %s', (address) => {
  expect(bucketAddress(address, folder)).toEqual({ wrong: expect.stringMatching(/without \. or \.\. as a part$/) })
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

/** The first and last number that each setting takes, and the nearest ones that it does not. */
const ends: ReadonlyArray<readonly [SettingName, below: string, smallest: string, largest: string, above: string]> = [
  ['framesPerChunk', '0', '1', '4093', '4094'],
  ['width', '0', '16', '16384', '16400'],
  ['height', '0', '16', '16384', '16400'],
  ['fps', '0.99', '1', '120', '120.01'],
  ['steps', '1', '2', '10000', '10001'],
  ['cfg', '-0.01', '0', '100', '100.01'],
  ['seed', '-1', '0', '9007199254740991', '9007199254740992'],
  ['maxRetries', '-1', '0', '100', '101'],
  ['price', '0.00009', '0.0001', '10000', '10000.01'],
  ['budget', '0.009', '0.01', '1000000', '1000000.01'],
  ['parallel', '0', '1', '1000', '1001'],
  ['speed', '0.009', '0.01', '1000000', '1000000.01'],
  ['sweepChunks', '0', '1', '1000', '1001'],
  ['startTime', '-1', '0', '253402300799', '253402300800'],
]

it.each(ends)('takes %s up to both of its ends', (name, below, smallest, largest, above) => {
  const { parse } = settingTable[name]
  const taken = [below, smallest, largest, above].map((text) => 'value' in parse(text, folder))
  expect(taken).toEqual([false, true, true, false])
})

it('knows the ends of every setting that is a number', () => {
  const isNumber = (parsed: object) => 'value' in parsed && typeof parsed.value === 'number'
  const numbers = settingRows.filter(([, { parse }]) => isNumber(parse('16', folder))).map(([name]) => name)
  expect(ends.map(([name]) => name)).toEqual(numbers)
})
