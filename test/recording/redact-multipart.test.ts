import { expect, it } from 'vitest'
import { createRedactor } from '../../src/recording/redact.ts'
import { boundaryOf, MultipartRedactor } from '../../src/recording/redact-multipart.ts'
import { fc } from '../support/seeded.ts'

const redactor = createRedactor()

function redacted(body: Uint8Array, size: number, boundary = 'XX'): Buffer {
  const multipart = new MultipartRedactor(boundary, redactor, '/upload/image')
  const out: Uint8Array[] = []
  for (let at = 0; at < body.length; at += size) out.push(...multipart.add(body.subarray(at, at + size)))
  return Buffer.concat([...out, ...multipart.end()])
}

const file = 'Content-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
const field = (name: string, value: string) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`

it('keeps files byte for byte and known fields, and empties the others, whatever the pieces it comes in', () => {
  const anyBody = fc.tuple(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll('--XX', '')),
    fc.integer({ min: 1, max: 50 }),
    fc.boolean(),
  )
  fc.assert(
    fc.property(anyBody, ([bytes, size, hasPreamble]) => {
      const body = (secret: string) =>
        Buffer.from(
          `${hasPreamble ? 'preamble\r\n' : ''}--XX\r\n${file}${bytes}\r\n--XX\r\n${field('type', 'input')}\r\n` +
            `--XX\r\n${field('mine', secret)}\r\n--XX\r\n${file}\r\n--XX--\r\nepilogue`,
          'latin1',
        )
      expect(redacted(body('otter'), size).equals(body('{{secret:mine}}'))).toBe(true)
    }),
    { numRuns: 300 },
  )
})

it('keeps what is cut off, but for its secrets', () => {
  const cut = `--XX\r\n${file}\x01\x02`
  expect(redacted(Buffer.from(cut, 'latin1'), 5).toString('latin1')).toBe(cut)
  expect(redacted(Buffer.from(`--XX\r\n${field('mine', 'ot')}`), 7).toString()).toBe(
    `--XX\r\n${field('mine', '{{secret:mine}}')}`,
  )
  expect(redacted(Buffer.from('no multipart at all'), 4).toString()).toBe('no multipart at all')
})

it('takes secrets out of what is before the first part and behind the last', () => {
  const key = 'sk-aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1d'
  const body = (secret: string) => `a ${secret}\r\n--XX\r\n${file}\x89PNG\r\n--XX--\r\nz ${secret}`
  expect(redacted(Buffer.from(body(key), 'latin1'), 6).toString('latin1')).toBe(body('{{secret:key}}'))
})

it.each([
  ['that have another boundary', `--YY\r\n${field('mine', 'glade')}\r\n--YY--\r\n`, 'XX'],
  ['whose heads have no end', `--XX\n${field('mine', 'glade').replaceAll('\r', '')}\n--XX--\n`, 'XX'],
  ['whose boundary nobody names', `--YY\r\n${field('mine', 'glade')}\r\n--YY--\r\n`, ''],
])('keeps no field of parts %s', (_, body, boundary) => {
  expect(redacted(Buffer.from(body), 9, boundary).toString()).not.toContain('glade')
})

it.each([
  ['multipart/form-data; boundary=----WebKitFormBoundaryAbC', '----WebKitFormBoundaryAbC'],
  ['multipart/related; charset=utf-8; boundary="a b"', 'a b'],
  ["multipart/related; boundary='a b'", 'a b'],
  ['application/json; boundary=a', null],
  ['multipart/form-data', null],
])('finds the boundary in %s', (type, boundary) => {
  expect(boundaryOf(type)).toBe(boundary)
})
