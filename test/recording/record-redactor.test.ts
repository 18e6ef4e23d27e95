import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { comfyuiKnowledge } from '../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'
import type { LoadedEntry } from '../../src/recording/loaded-entry.ts'
import { recordRedactor } from '../../src/recording/record-redactor.ts'
import { fc } from '../support/seeded.ts'

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
/** As many letters as a key has, each as likely as any other: names that begin like keys are made of words. */
const random = (length: number) => fc.array(fc.constantFrom(...letters), { minLength: length, maxLength: length })
const keyForm = fc.oneof(
  ...Object.entries({ rpa_: 42, hf_: 34, 'sk-': 48, 'ya29.': 60, AIza: 35, ghp_: 36, 'glpat-': 20, r8_: 37 }).map(
    ([start, length]) => random(length).map((tail) => start + tail.join('')),
  ),
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
    ['the environment of a pod', (value, key) => bodyOf(JSON.stringify({ env: { [key]: value } }), '/v2/pods/a')],
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
const bodyOf = (text: string, path: string) => plain.body(text, { path, mimeType: '' })?.text ?? ''
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

it('keeps of JSON only the strings that the protocol has at an address, and the layout', () => {
  const text =
    '{"prompt": {"1": {"inputs": {"noise_seed": 18446744073709551615, "cfg": 1.0, "text": "otter"},\n "class_type" : "A", "by": "me"}},' +
    ' "extra_data": {"extra_pnginfo": {"mine": ["a", ["b"], {"c": 1, "d\\"": "\\""}]}, "prompt_runner": {"run": "otter"}, "client_id": ""}, "front": true}'
  expect(bodyOf(text, '/prompt')).toBe(
    '{"prompt": {"1": {"inputs": {"noise_seed": 18446744073709551615, "cfg": 1.0, "text": "otter"},\n "class_type" : "A", "by": "{{redacted:by}}"}},' +
      ' "extra_data": {"extra_pnginfo": {"mine": ["{{redacted:mine}}", ["{{redacted:mine}}"], {"c": 1, "d\\"": "{{redacted:d\\"}}"}]}, "prompt_runner": {"run": "otter"}, "client_id": ""}, "front": true}',
  )
  expect(bodyOf('{"id": "a", "env": {"MODE": "fast"}}', '/v2/pods/a')).toBe(
    '{"id": "a", "env": {"MODE": "{{redacted:MODE}}"}}',
  )
  expect(bodyOf('["otter", 1, null]', '/userdata')).toBe('["{{redacted:value}}", 1, null]')
})

describe('the recordings that ship', async () => {
  const recordings = fileURLToPath(new URL('../../recordings', import.meta.url))
  const folders = ['comfyui-smoke', 'wan22-two-chunks', 'gcs', 'runpod']
  const loaded = await Promise.all(folders.map((folder) => loadRecording(join(recordings, folder))))
  const entries = loaded.flatMap((recording) => recording.entries)
  const smoke = loaded[0]!.entries
  const bodies = entries.flatMap(jsonBodies)

  it('stay as they are when they are redacted again', () => {
    expect(bodies.length).toBeGreaterThan(400)
    for (const { path, text } of bodies) expect(bodyOf(text, path)).toBe(text)
  })

  it('keep no secret that is planted as a member that nobody knows', () => {
    const kinds = Map.groupBy(
      bodies.filter(({ text }) => text.startsWith('{') && text.length < 20_000),
      ({ path, text }) => path.replace(/[0-9a-f-]{36}/, '') + Object.keys(JSON.parse(text)).toSorted().slice(0, 3),
    )
    expect(kinds.size).toBeGreaterThan(20)
    const body = fc.constantFrom(...kinds.values()).chain((same) => fc.constantFrom(...same))
    fc.assert(
      fc.property(
        body,
        planting,
        ({ path, text }, plant) => !bodyOf(planted(text, plant), path).includes(plant.secret),
      ),
      { numRuns: 2000 },
    )
  })

  it('teach the same with secrets planted in every body', () => {
    const { answers: _a, entries: _e, ...taught } = comfyuiKnowledge(smoke)
    fc.assert(
      fc.property(planting, (plant) => {
        const change = (path: string, text: string) =>
          text.startsWith('{') && !path.endsWith('/object_info') ? bodyOf(planted(text, plant), path) : text
        const { answers: _a, entries: _e, ...again } = comfyuiKnowledge(smoke.map((entry) => changed(entry, change)))
        expect(again).toEqual(taught)
      }),
      { numRuns: 10 },
    )
  })
})

/** A member with a secret, in the `place`th object of a body (counted round). */
interface Planting {
  secret: string
  member: string
  value: unknown
  place: number
}

const planting: fc.Arbitrary<Planting> = fc
  .record({ secret, member: name.map((word) => `x_${word}`), place: fc.nat(), form: fc.nat(2) })
  .map(({ form, ...plant }) => ({
    ...plant,
    value: [plant.secret, [[plant.secret]], { [plant.member]: { [plant.member]: plant.secret } }][form],
  }))

function planted(text: string, { member, value, place }: Planting): string {
  const json: unknown = JSON.parse(text)
  const objects = closedObjects(json)
  Object.assign(objects[place % objects.length]!, { [member]: value })
  return JSON.stringify(json)
}

/** All objects but those where every node pack may have members of its own. */
function closedObjects(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  const below = Object.entries(value).flatMap(([key, item]) =>
    ['inputs', 'current_inputs', 'input', 'input_config'].includes(key) ? [] : closedObjects(item),
  )
  return Array.isArray(value) ? below : [value, ...below]
}

function jsonBodies({ url, requestBody, responseBody, frames }: LoadedEntry): Array<{ path: string; text: string }> {
  const texts = [requestBody, responseBody].map((body) => Buffer.from(body()).toString())
  const messages = [...(frames ?? [])].flatMap(({ opcode, data }) => (opcode === 1 ? [String(data())] : []))
  return [...texts, ...messages].filter((text) => /^[[{]/.test(text)).map((text) => ({ path: url.pathname, text }))
}

function changed(entry: LoadedEntry, change: (path: string, text: string) => string): LoadedEntry {
  const { url, requestBody, responseBody, frames } = entry
  const body = (bytes: () => Uint8Array) => () => Buffer.from(change(url.pathname, Buffer.from(bytes()).toString()))
  return {
    ...entry,
    requestBody: body(requestBody),
    responseBody: body(responseBody),
    frames:
      frames &&
      Array.from(frames, (frame) =>
        frame.opcode === 1 ? { ...frame, data: () => change(url.pathname, String(frame.data())) } : frame,
      ),
  }
}
