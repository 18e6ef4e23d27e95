import fc from 'fast-check'
import { expect, it } from 'vitest'
import { recordRedactor } from '../../src/recording/record-redactor.ts'

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.split('')
const secret = fc.string({ unit: fc.constantFrom(...letters), minLength: 20, maxLength: 60 })
const name = fc.string({ unit: fc.constantFrom(...letters.slice(0, 26)), minLength: 3, maxLength: 12 })
const secretMember = fc.constantFrom(
  'api_key_comfy_org',
  'auth_token_comfy_org',
  'access_token',
  'password',
  'private_key',
  'assertion',
)
const keyForm = secret.chain((tail) =>
  fc.constantFrom(`rpa_${tail}`, `hf_${tail}`, `sk-${tail}`, `ya29.${tail}`, `AIza${tail}`),
)

/** Every place of an exchange that can hold a secret: what is written, from what was sent. */
const places: ReadonlyArray<readonly [place: string, write: (secret: string, name: string, member: string) => string]> =
  [
    ['a header that nobody knows', (value, header) => headersOf([[`x-${header}`, value]])],
    ['a bearer token', (value) => headersOf([['authorization', `Bearer ${value}`]])],
    ['a cookie', (value, header) => headersOf([['set-cookie', `${header}=${value}`]])],
    [
      'a query value that nobody knows',
      (value, pair) => plain.url(`http://server/view?filename=a.png&x${pair}=${value}`),
    ],
    ['a listed query', (value, pair) => JSON.stringify(plain.query([[`x${pair}`, value]]))],
    ['an address with a password', (value) => plain.url(`http://me:${value}@server/prompt`)],
    [
      'the session of an upload',
      (value) => headersOf([['location', `https://storage.googleapis.com/u?upload_id=${value}`]]),
    ],
    ['a signed address', (value) => plain.url(`https://storage.googleapis.com/b/o?X-Goog-Signature=${value}`)],
    ['a member of JSON', (value, _, member) => plain.text(JSON.stringify({ extra_data: { [member]: value } }))],
    [
      'a member of JSON in a string',
      (value, _, member) => plain.text(JSON.stringify({ a: JSON.stringify({ [member]: value }) })),
    ],
    ['the environment of a pod', (value, key) => plain.text(JSON.stringify({ pod: { env: { [key]: value } } }))],
    ['a form', (value, _, member) => plain.text(`grant_type=jwt&${member}=${value}`)],
    ['a token in a socket frame', (value) => plain.text(JSON.stringify({ type: 'x', data: { token: value } }))],
    [
      'a known secret in any text',
      (value, word) => recordRedactor({ known: { it: value } }).text(`${word} ${value} ${word}`),
    ],
    [
      'a known secret in a path',
      (value) => recordRedactor({ known: { it: value } }).url(`http://server/${value}/prompt`),
    ],
  ]

const plain = recordRedactor({ known: {} })
const headersOf = (list: Array<[string, string]>) => JSON.stringify(plain.headers(list))

it.each(places)('takes a secret out of %s', (_, write) => {
  fc.assert(
    fc.property(secret, name, secretMember, (value, word, member) => !write(value, word, member).includes(value)),
    { numRuns: 120 },
  )
})

it('takes a key of a known form out of any text', () => {
  const text = fc.tuple(name, keyForm, name)
  fc.assert(
    fc.property(text, ([before, key, after]) => !plain.text(`${before} ${key} ${after}`).includes(key)),
    { numRuns: 200 },
  )
})

it('writes the same for what is sent again and for what was written, so that both match', () => {
  const property = fc.property(
    fc.constantFrom(...places),
    secret,
    secret,
    name,
    secretMember,
    ([, write], one, other, word, member) => {
      const written = write(one, word, member)
      expect(write(other, word, member)).toBe(written)
      expect(plain.text(written)).toBe(written)
    },
  )
  fc.assert(property, { numRuns: 300 })
})

it('keeps everything that is no secret', () => {
  const address = 'http://127.0.0.1:8188/view?filename=image_00001_.png&subfolder=a%2Fb&type=output'
  expect(plain.url(address)).toBe(address)
  const text =
    '{"prompt": {"1": {"inputs": {"noise_seed": 18446744073709551615, "cfg": 1.0}}}, "env": {"MODE": "fast"}}'
  expect(plain.text(text)).toBe(text.replace('fast', '{{secret:env}}'))
  expect(
    plain.headers([
      ['Content-Type', 'image/png'],
      ['ETag', '"1"'],
    ]),
  ).toEqual([
    { name: 'Content-Type', value: 'image/png' },
    { name: 'ETag', value: '"1"' },
  ])
})

it('takes the name of the user out of paths', () => {
  expect(plain.text('/home/otter/ComfyUI, "C:\\\\Users\\\\otter\\\\x", /Users/otter/y')).toBe(
    '/home/{{user}}/ComfyUI, "C:\\\\Users\\\\{{user}}\\\\x", /Users/{{user}}/y',
  )
})

it('takes out addresses and pods when asked', () => {
  const { url, text } = recordRedactor({ known: {}, anonymous: true })
  expect(url('https://abcdef123456-8188.proxy.runpod.net/prompt')).toBe('https://{{pod}}-8188.proxy.runpod.net/prompt')
  expect(text('"publicAddress": "203.0.113.9", "listen": "127.0.0.1"')).toBe(
    '"publicAddress": "{{ip}}", "listen": "127.0.0.1"',
  )
})
