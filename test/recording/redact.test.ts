import { expect, it } from 'vitest'
import { createRedactor } from '../../src/recording/redact.ts'
import { fc } from '../support/seeded.ts'

const { text, url, headers, query } = createRedactor()

it.each([
  ['{"access_token": "abc", "expires_in": 3599}', '{"access_token": "{{secret:access_token}}", "expires_in": 3599}'],
  ['{"api_key_comfy_org":"a\\"b\\\\","x":1.0}', '{"api_key_comfy_org":"{{secret:api_key_comfy_org}}","x":1.0}'],
  ['{"auth_token_comfy_org":"abc"}', '{"auth_token_comfy_org":"{{secret:auth_token_comfy_org}}"}'],
  ['{"a":"{\\"refresh_token\\": \\"a\\\\\\"b\\"}"}', '{"a":"{\\"refresh_token\\": \\"{{secret:refresh_token}}\\"}"}'],
  ['grant_type=x&assertion=abc.def', 'grant_type=x&assertion={{secret:assertion}}'],
  ['see https://h.test/o?upload_id=ABPt&name=x', 'see https://h.test/o?upload_id={{secret:upload_id}}&name=x'],
  ['eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln rest', '{{secret:jwt}} rest'],
  [
    '{"private_key": "-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n"}',
    '{"private_key": "{{secret:private_key}}"}',
  ],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest', '{{secret:private_key}}\nrest'],
  ['Authorization: Bearer abcdefghij', 'Authorization: Bearer {{secret:authorization}}'],
  ['key rpa_ABCDEFGHIJKLMNOP123', 'key {{secret:key}}'],
  ['<a><password>glade4711Otter</password></a>', '<a><password>{{secret:password}}</password></a>'],
  ['<input name="pin_token" value="glade4711">', '<input name="pin_token" value="{{secret:pin_token}}">'],
  ['<meta content="0;url=/?token=glade4711Otter">', '<meta content="0;url=/?token={{secret:token}}">'],
  ['{"sk-aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1d": 1}', '{"{{secret:key}}": 1}'],
  ['{"a": ["API_KEY", "aB3dE5gH7jK9mN1pQ3s"]}', '{"a": ["API_KEY", "{{secret:api_key}}"]}'],
  ['{"value": "glade", "n": 1, "name": "API_KEY"}', '{"value": "{{secret:api_key}}", "n": 1, "name": "API_KEY"}'],
  ['sends text="a cat, api_key=glade4711Otter" now', 'sends text="a cat, api_key={{secret:api_key}}" now'],
  ["{'text': 'a cat, api_key=glade4711Otter', 'n': 1}", "{'text': 'a cat, api_key={{secret:api_key}}', 'n': 1}"],
  ['x {\\"text\\": \\"api_key=glade4711Otter\\"} 1', 'x {\\"text\\": \\"api_key={{secret:api_key}}\\"} 1'],
])('takes the secret out of %s', (from, to) => {
  expect(text(from)).toBe(to)
})

it.each([
  '{"class_type": "CLIPTokenizer", "max_tokens": 12, "token_normalization": "none"}',
  '{"text": "a secret garden, a basic token of love, key=frame"}',
  '{"seed": 12345678901234567890, "cfg": 1.0}',
  'uploadType=resumable&name=film.mp4',
  '{"a": ["password", "garden", "token"], "value": "glade", "name": "otter"}',
  '<b>password</b> <i>a token of love</i>',
  'curl -H "Authorization: Bearer $RUNPOD_API_KEY" https://api.test',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as a shell has it
  'Authorization: Bearer ${COMFYUI_TOKEN}',
])('leaves %s alone', (harmless) => {
  expect(text(harmless)).toBe(harmless)
})

it('replaces what credential headers carry, and looks into the others', () => {
  const given = [
    ['Authorization', 'Bearer x'],
    ['Cookie', 'a=b'],
    ['set-cookie', 'a=b'],
    ['X-API-Key', 'x'],
    ['CF-Access-Client-Secret', 'x'],
    ['X-Goog-Encryption-Key', 'x'],
    ['Location', 'https://h.test/?upload_id=x'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZQ=='],
    ['Content-Type', 'application/json'],
  ] as const
  expect(headers(given).map(({ value }) => value)).toEqual([
    '{{secret:authorization}}',
    '{{secret:cookie}}',
    '{{secret:set-cookie}}',
    '{{secret:x-api-key}}',
    '{{secret:cf-access-client-secret}}',
    '{{secret:x-goog-encryption-key}}',
    'https://h.test/?upload_id={{secret:upload_id}}',
    'dGhlIHNhbXBsZQ==',
    'application/json',
  ])
})

it('takes a secret for one where it is the name of a value, too', () => {
  const key = 'sk-aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1d'
  expect(url(`http://h/view?${key}`)).toBe('http://h/view?{{secret:key}}')
  expect(url(`http://h/view?${key}=glade`)).toBe('http://h/view?{{secret:key}}={{secret:value}}')
  expect(query([[key, '']])).toEqual([{ name: '{{secret:key}}', value: '' }])
  expect(text(`${key}=1&a=2`)).toBe('{{secret:key}}={{secret:value}}&a=2')
})

it('redacts a query string as it redacts the URL', () => {
  const address = 'https://h.test/graphql?api_key=abc&name=b&key=AIza'
  expect(url(address)).toBe('https://h.test/graphql?api_key={{secret:api_key}}&name=b&key={{secret:key}}')
  expect(query(new URL(address).searchParams)).toEqual([
    { name: 'api_key', value: '{{secret:api_key}}' },
    { name: 'name', value: 'b' },
    { name: 'key', value: '{{secret:key}}' },
  ])
})

/** Long and strange enough to be found again, with everything in it that must be escaped somewhere. */
const secret = fc
  .tuple(fc.string({ maxLength: 8 }), fc.stringMatching(/^[A-Za-z0-9]{12,20}$/), fc.string({ maxLength: 8 }))
  .map(([before, core, after]) => ({ whole: `${before}${core}${after}`, core }))

const keys = [
  'access_token',
  'refresh_token',
  'id_token',
  'token',
  'assertion',
  'client_secret',
  'private_key',
  'api_key',
  'apiKey',
  'auth_token_comfy_org',
  'api_key_comfy_org',
  'password',
  'upload_id',
  'Authorization',
]

it('lets no secret survive in JSON, however deep, nor in JSON inside a string', () => {
  fc.assert(
    fc.property(secret, fc.constantFrom(...keys), fc.jsonValue(), fc.nat(2), ({ whole, core }, key, rest, depth) => {
      let json = JSON.stringify({ rest, deep: [{ [key]: whole }], more: rest })
      for (let level = 0; level < depth; level += 1) json = JSON.stringify({ note: json, after: 1 })
      fc.pre(!JSON.stringify(rest).includes(core))
      expect(text(json)).not.toContain(core)
    }),
  )
})

it('leaves valid JSON behind, with everything but the secret as it was', () => {
  fc.assert(
    fc.property(secret, fc.constantFrom(...keys), fc.string(), ({ whole }, key, other) => {
      const redacted = JSON.parse(text(JSON.stringify({ [key]: whole, other, seed: 1 }))) as Record<string, unknown>
      expect(redacted).toMatchObject({ [key]: `{{secret:${key.toLowerCase()}}}`, seed: 1 })
    }),
  )
})

it('lets no secret survive in forms and query strings', () => {
  fc.assert(
    fc.property(secret, fc.constantFrom(...keys, 'key'), ({ whole, core }, key) => {
      const form = new URLSearchParams([
        ['first', 'a'],
        [key, whole],
        ['last', 'b'],
      ])
      expect(text(form.toString())).not.toContain(core)
      expect(url(`https://h.test/path?${form}`)).not.toContain(core)
    }),
  )
})

it('lets no known secret survive anywhere, as it is, in JSON or in a URL', () => {
  fc.assert(
    fc.property(secret, fc.string(), ({ whole, core }, around) => {
      fc.pre(!around.includes(core))
      const known = createRedactor({ COMFYUI_TOKEN: whole })
      for (const spelled of [whole, JSON.stringify(whole), encodeURIComponent(whole)]) {
        expect(known.text(`${around}${spelled}${around}`)).not.toContain(core)
      }
    }),
  )
})

it('changes nothing the second time', () => {
  fc.assert(
    fc.property(secret, fc.constantFrom(...keys), ({ whole }, key) => {
      const once = text(JSON.stringify({ [key]: whole }))
      expect(text(once)).toBe(once)
    }),
  )
})
