import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { openRawCapture } from '../../../src/network/recorder/raw-capture.ts'
import { finishRecording } from '../../../src/recording/finish-recording.ts'
import type { LoadedEntry } from '../../../src/recording/loaded-entry.ts'
import { readHar } from '../../../src/recording/read-har.ts'
import { recordRedactor } from '../../../src/recording/record-redactor.ts'
import { refuseSecrets } from '../../../src/recording/secret-scan.ts'
import { fc } from '../../support/seeded.ts'
import { recordedSocket } from '../recorded-socket.ts'

interface Message {
  readonly body: string | Uint8Array
  readonly headers?: Record<string, string>
  readonly path?: string
}

/** What goes over the recorder with a secret in it: as an answer, as a request, or as a frame of a socket. */
type Place = (secret: string) => { answer: Message } | { request: Message } | { frame: string | Uint8Array }

const json = (secret: string) => JSON.stringify({ prompt_id: 'a', owner: { x_mail: secret, list: [secret] } })
const type = (name: string) => ({ 'content-type': name })
const encoded = (encoding: string, body: Uint8Array) => ({
  answer: { body, headers: { ...type('application/json'), 'content-encoding': encoding } },
})
const boundary = 'otter-boundary-0123456789'
const multipart = (...parts: string[]) =>
  `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`
const form = (kind: string, ...parts: string[]): Message => ({
  body: multipart(...parts),
  headers: type(`multipart/${kind}; boundary=${boundary}`),
})
const picture =
  'content-disposition: form-data; name="image"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n\x89PNG\0otter'
const frame = (kind: number, head: string, rest: string) => {
  const numbers = Buffer.alloc(8)
  numbers.writeUInt32BE(kind, 0)
  numbers.writeUInt32BE(Buffer.byteLength(head), 4)
  return Buffer.concat([numbers, Buffer.from(head), Buffer.from(rest, 'latin1')])
}

/** Places where a secret that nobody knows stands under a name that nobody knows. */
const unknown: Readonly<Record<string, Place>> = {
  'JSON called a stream of bytes': (secret) => ({
    answer: { body: json(secret), headers: type('application/octet-stream') },
  }),
  'JSON without a type': (secret) => ({ answer: { body: Buffer.from(json(secret)) } }),
  'a request of JSON without a type': (secret) => ({ request: { body: Buffer.from(json(secret)) } }),
  'JSON in lines': (secret) => ({
    answer: { body: `${json(secret)}\n${json(secret)}\n`, headers: type('application/jsonl') },
  }),
  'JSON in gzip': (secret) => encoded('gzip', gzipSync(json(secret))),
  'JSON in deflate': (secret) => encoded('deflate', deflateSync(json(secret))),
  'JSON in brotli': (secret) => encoded('br', brotliCompressSync(json(secret))),
  'JSON in zstd': (secret) => encoded('zstd', zstdCompressSync(json(secret))),
  'JSON in an encoding that nobody knows': (secret) => encoded('rot13', Buffer.from(json(secret))),
  'JSON said to be in gzip': (secret) => encoded('gzip', Buffer.from(json(secret))),
  'a request in gzip': (secret) => ({
    request: { body: gzipSync(json(secret)), headers: { ...type('application/json'), 'content-encoding': 'gzip' } },
  }),
  'a field of a form with files': (secret) => ({
    request: form('form-data', picture, `content-disposition: form-data; name="x_mail"\r\n\r\n${secret}`),
  }),
  'a file of JSON': (secret) => ({
    request: form(
      'form-data',
      `content-disposition: form-data; name="image"; filename="a.json"\r\n\r\n${json(secret)}`,
      picture,
    ),
  }),
  'the description of an upload': (secret) => ({
    request: {
      ...form(
        'related',
        `content-type: application/json\r\n\r\n${json(secret)}`,
        `content-type: video/mp4\r\n\r\n\0film`,
      ),
      path: '/upload/storage/v1/b/films/o',
    },
  }),
  'a form': (secret) => ({
    request: { body: `grant_type=a&x_mail=${secret}&b=${secret}`, headers: type('application/x-www-form-urlencoded') },
  }),
  'a message of a socket': (secret) => ({ frame: json(secret) }),
  'a binary message of JSON': (secret) => ({ frame: Buffer.from(json(secret)) }),
  'the metadata of a preview': (secret) => ({ frame: frame(4, json(secret), '\x89PNG\0otter') }),
}

/** Places where only knowing the secret helps. */
const known: Readonly<Record<string, Place>> = {
  'plain text': (secret) => ({ answer: { body: `it is ${secret}!`, headers: type('text/plain') } }),
  'text without a type': (secret) => ({ answer: { body: Buffer.from(`it is ${secret}!`) } }),
  'percent-encoded text': (secret) => ({
    answer: { body: `see /?a=${encodeURIComponent(`<${secret}>`)}`, headers: type('text/html') },
  }),
  base64: (secret) => ({
    answer: { body: Buffer.from(`u:${secret}:v`).toString('base64'), headers: type('text/plain') },
  }),
  'base64 for addresses': (secret) => ({
    answer: { body: Buffer.from(`{"a":"${secret}"}`).toString('base64url'), headers: type('text/plain') },
  }),
  'a kept member of JSON': (secret) => ({
    request: { body: JSON.stringify({ prompt_id: secret }), headers: type('application/json') },
  }),
  'the name of a file': (secret) => ({ request: form('form-data', picture.replace('a.png', secret)) }),
  'a kept field of a form with files': (secret) => ({
    request: form('form-data', picture, `content-disposition: form-data; name="subfolder"\r\n\r\n${secret}`),
  }),
  'the text of a node': (secret) => ({ frame: frame(3, '12', `it is ${secret}`) }),
  'a message that is no JSON': (secret) => ({ frame: `hello ${secret}` }),
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.split('')
const plain = fc.string({ unit: fc.constantFrom(...letters), minLength: 20, maxLength: 60 })
const strange = fc
  .tuple(plain, fc.constantFrom('+', '/', '=', '!', ' ', '.', 'é', '~'))
  .map(([core, more]) => core + more + core)

it('lets none of 2,000 secrets that nobody knows into a recording, wherever it stands', async () => {
  await checkPlaces(unknown, plain, 2000, () => ({}))
})

it('lets no secret of this run into a recording, however it is spelled', async () => {
  await checkPlaces(known, strange, 400, (secrets) => Object.fromEntries(secrets.entries()))
})

async function checkPlaces(
  places: Readonly<Record<string, Place>>,
  kind: fc.Arbitrary<string>,
  count: number,
  knownOf: (secrets: readonly string[]) => Record<string, string>,
): Promise<void> {
  const names = Object.keys(places)
  const property = fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 97 }), async (seed, pieces) => {
    const secrets = fc.sample(kind, { numRuns: count, seed })
    const planted = secrets.map((secret, index) => ({ secret, place: names[index % names.length]! }))
    const { entries, texts } = await recorded(
      planted.map(({ secret, place }) => places[place]!(secret)),
      knownOf(secrets),
      pieces,
    )
    expect(entries).toHaveLength(count)
    // All secrets begin with so many letters; few texts have any that long.
    const runs = texts.flatMap((text) => text.match(/[A-Za-z0-9]{20,}/g) ?? []).join(' ')
    const survivors = planted.filter(
      ({ secret }) => runs.includes(secret.slice(0, 20)) && texts.some((text) => text.includes(secret)),
    )
    expect([...new Set(survivors.map(({ place }) => place))]).toEqual([])
  })
  await fc.assert(property, { numRuns: 1, endOnFailure: true })
}

/** What a recording of these exchanges holds: the loaded entries, and all text of its files, decoded too. `pieces`: bytes of a chunk. */
async function recorded(
  planted: ReadonlyArray<ReturnType<Place>>,
  secrets: Record<string, string>,
  pieces: number,
): Promise<{ entries: readonly LoadedEntry[]; texts: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'pr-secrets-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  {
    using capture = openRawCapture({ folder, redactor: recordRedactor({ known: secrets }) })
    for (const each of planted) {
      if ('frame' in each) sendFrame(capture, each.frame)
      else await exchange(capture, each, pieces)
    }
  }
  finishRecording(folder, { facts: {}, edit: (_, text) => text })
  refuseSecrets(folder, secrets)
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((item) => item.isFile())
  const { entries } = await readHar(join(folder, 'comfyui.har'))
  const frames = entries.flatMap((entry) => [...(entry.frames ?? [])].map(({ data }) => Buffer.from(data()).toString()))
  const texts = files.map((item) => readFileSync(join(item.parentPath, item.name), 'utf8'))
  return {
    entries,
    texts: [...texts, decodeURIComponent(texts.join('\n').replaceAll(/%(?![0-9a-f]{2})/gi, '')), ...frames],
  }
}

type Wrap = Pick<ReturnType<typeof openRawCapture>, 'wrap'>

async function exchange(
  capture: Wrap,
  planted: { answer: Message } | { request: Message },
  pieces: number,
): Promise<void> {
  const asked = 'request' in planted ? planted.request : null
  const answer = 'answer' in planted ? planted.answer : { body: 'ok', headers: type('text/plain') }
  const service = capture.wrap({
    name: 'comfyui',
    async http(request) {
      await request.arrayBuffer()
      return new Response(inPieces(answer.body, pieces), { headers: answer.headers ?? {} })
    },
  })
  const url = `http://server${asked?.path ?? '/prompt'}`
  const request = asked
    ? new Request(url, {
        method: 'POST',
        body: inPieces(asked.body, pieces),
        headers: asked.headers ?? {},
        duplex: 'half',
      })
    : new Request(url)
  await (await service.http(request)).arrayBuffer()
}

function sendFrame(capture: Wrap, data: string | Uint8Array): void {
  const socket = recordedSocket(capture)
  socket.send(data)
  socket.close()
}

function inPieces(body: string | Uint8Array, size: number): ReadableStream<Uint8Array> {
  const bytes = Buffer.from(body)
  return ReadableStream.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    ),
  )
}
