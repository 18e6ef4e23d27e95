import { brotliCompressSync, gzipSync } from 'node:zlib'
import { keysOfForms, type Planted, plainSecrets, secretNames } from './secret-forms.ts'

/** `count` secrets: half of them keys of known forms, half of them known by their names alone, in turn in every place. */
export function plantings(count: number): Planting[] {
  return [...inPlaces(anywhere, keysOfForms(count / 2)), ...inPlaces(named, plainSecrets(count / 2))]
}

interface Planting {
  readonly place: string
  readonly secrets: readonly Planted[]
  readonly sent: Sent
}

/** What goes over the wire with some secrets in it. */
export interface Sent {
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
  readonly answer?: { readonly body: string | Uint8Array; readonly headers?: Record<string, string> }
  readonly frames?: ReadonlyArray<string | Uint8Array>
  readonly ping?: Uint8Array
  readonly reason?: string
}

type Place = (secrets: readonly string[]) => Sent

const type = (name: string) => ({ 'content-type': name })
const graph = (inputs: readonly object[]) => ({
  prompt: Object.fromEntries(inputs.map((each, index) => [index + 1, { class_type: 'A', inputs: each }])),
})
const prompt = (text: string, headers = type('application/json')): Sent => ({ path: '/prompt', body: text, headers })
const answer = (body: string | Uint8Array, headers = type('application/json'), path = '/history'): Sent => ({
  path,
  answer: { body, headers },
})
const boundary = 'otter-boundary-0123456789'
const multipart = (parts: readonly string[]): Sent => ({
  path: '/upload/image',
  headers: type(`multipart/form-data; boundary=${boundary}`),
  body: `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`,
})
const disposition = (name: string) => `content-disposition: form-data; name="${name}"`
const framed = (kind: number, head: string, rest: string): Uint8Array => {
  const numbers = Buffer.alloc(8)
  numbers.writeUInt32BE(kind, 0)
  numbers.writeUInt32BE(Buffer.byteLength(head), 4)
  return Buffer.concat([numbers, Buffer.from(head), Buffer.from(rest)])
}
const base64 = (text: string) => Buffer.from(text).toString('base64')

/** Where the form alone tells. */
const anywhere: Readonly<Record<string, Place>> = {
  'inputs of nodes': (secrets) => prompt(JSON.stringify(graph(secrets.map((text) => ({ text }))))),
  'the middle of a prompt': (secrets) =>
    prompt(JSON.stringify(graph(secrets.map((each) => ({ text: `a cat, ${each} on a mat` }))))),
  'JSON in an input': (secrets) =>
    prompt(JSON.stringify(graph(secrets.map((each) => ({ text: JSON.stringify({ a: [each] }) }))))),
  'an input in base64': (secrets) => prompt(JSON.stringify(graph(secrets.map((each) => ({ text: base64(each) }))))),
  'an input that is escaped': (secrets) =>
    prompt(
      `{"prompt": {"1": {"class_type": "A", "inputs": {${secrets.map((each, at) => `"t${at}": "${escaped(each)}"`)}}}}}`,
    ),
  'an address in an input': (secrets) =>
    prompt(JSON.stringify(graph(secrets.map((each) => ({ url: `https://h.test/a?b=${encodeURIComponent(each)}` }))))),
  'an answer of text': (secrets) => answer(secrets.map((each) => `see ${each}\n`).join(''), type('text/plain')),
  'an answer of HTML': (secrets) => answer(`<p>${secrets.join('</p>\n<p>')}</p>`, type('text/html')),
  'an answer without a type': (secrets) => answer(Buffer.from(secrets.join('\n')), {} as never),
  'a message of an error': (secrets) => answer(JSON.stringify({ error: { message: secrets.join(' and ') } })),
  'a text message': (secrets) => ({ frames: secrets.map((each) => `hello ${each}`) }),
  'the text of a node': (secrets) => ({ frames: secrets.map((each) => framed(3, '12', `it is ${each}`)) }),
  'a ping': ([secret = '']) => ({ ping: Buffer.from(`at ${secret}`) }),
  'the reason of a close': ([secret = '']) => ({ reason: `no ${secret}` }),
  'a kept field of a form': (secrets) => multipart(secrets.map((each) => `${disposition('subfolder')}\r\n\r\n${each}`)),
  'a kept value of a query': ([secret = '']) => ({ path: `/view?subfolder=${encodeURIComponent(secret)}` }),
  'a kept header': ([secret = '']) => ({ headers: { 'user-agent': secret.replaceAll('\n', ' ') } }),
}

/** Where the name tells. */
const named: Readonly<Record<string, Place>> = {
  'inputs of nodes by name': (secrets) =>
    prompt(JSON.stringify(graph(secrets.map((each, at) => ({ [nameAt(at)]: each }))))),
  'JSON with NaN': (secrets) =>
    prompt(
      `{"x": NaN, "y": -Infinity, ${JSON.stringify(graph(secrets.map((each, at) => ({ [nameAt(at)]: each })))).slice(1)}`,
    ),
  'JSON behind a byte order mark': (secrets) =>
    prompt(`\ufeff${JSON.stringify(graph(secrets.map((each, at) => ({ [nameAt(at)]: each }))))}`),
  'JSON behind a guard': (secrets) => answer(`)]}'\n${members(secrets)}`),
  'JSON in a call': (secrets) => answer(`/**/ jsonp_1(${members(secrets)});`, type('application/javascript')),
  'JSON in lines, with NaN': (secrets) => answer(`${members(secrets)}\n{"a": NaN}\n${members(secrets)}\n`),
  'JSON that is cut off': (secrets) => answer(members(secrets).slice(0, -4)),
  'JSON that is broken': (secrets) => answer(`${members(secrets).slice(0, -1)} oops]`),
  'JSON that is broken, without a type': (secrets) => answer(Buffer.from(`{'a' ${members(secrets)}`), {} as never),
  'events of a stream': (secrets) =>
    answer(
      secrets.map((each, at) => `event: a\ndata: {"${nameAt(at)}":\ndata: ${JSON.stringify(each)}}\n\n`).join(''),
      type('text/event-stream'),
    ),
  'a stream of messages': (secrets) =>
    answer(`data: ${members(secrets)}\n\ndata: [DONE]\n\n`, type('text/event-stream')),
  'JSON in gzip': (secrets) =>
    answer(gzipSync(members(secrets)), { ...type('application/json'), 'content-encoding': 'gzip' } as never),
  'JSON in brotli': (secrets) =>
    answer(brotliCompressSync(members(secrets)), { ...type('x/y'), 'content-encoding': 'br' } as never),
  'JSON of a type that nobody knows': (secrets) => answer(members(secrets), type('application/x-otter')),
  'JSON called a picture': (secrets) => answer(members(secrets), type('image/png')),
  'JSON with a secret object': (secrets) =>
    prompt(JSON.stringify(graph(secrets.map((each) => ({ credentials: { a: [{ b: each }] } }))))),
  'pairs of names and values': (secrets) =>
    prompt(JSON.stringify(graph(secrets.map((value, at) => ({ env: [{ name: nameAt(at), value }] }))))),
  'options of a program': (secrets) =>
    answer(
      JSON.stringify({ system: { argv: secrets.flatMap((each) => ['--api-key', each]) } }),
      undefined,
      '/system_stats',
    ),
  'fields of a form': (secrets) => ({
    headers: type('application/x-www-form-urlencoded'),
    body: secrets.map((each, at) => `${nameAt(at)}=${encodeURIComponent(each)}`).join('&'),
  }),
  'fields of an upload': (secrets) => multipart(secrets.map((each, at) => `${disposition(nameAt(at))}\r\n\r\n${each}`)),
  'JSON in an upload': (secrets) =>
    multipart([
      `${disposition('image')}; filename="a.json"\r\ncontent-type: application/json\r\n\r\n${members(secrets)}`,
    ]),
  'messages of JSON': (secrets) => ({ frames: [members(secrets), `{"x": NaN, ${members(secrets).slice(1)}`] }),
  'messages of broken JSON': (secrets) => ({ frames: [`{"x" ${members(secrets)}`] }),
  'the metadata of a preview': (secrets) => ({ frames: [framed(4, members(secrets), '\x89PNG')] }),
  'values of a query': (secrets) => ({
    path: `/view?${secrets.map((each, at) => `${nameAt(at)}=${encodeURIComponent(each)}`).join('&')}`,
  }),
  headers: (secrets) => ({
    headers: Object.fromEntries(secrets.map((each, at) => [`X-${nameAt(at).replaceAll('_', '-')}`, each])),
  }),
  cookies: ([secret = '']) => ({ headers: { cookie: `theme=dark; sid=${secret}` } }),
  authorization: ([secret = '']) => ({ headers: { authorization: `Bearer ${secret}` } }),
}

let turn = 0
const nameAt = (at: number) => secretNames[(at + turn) % secretNames.length]!
const members = (secrets: readonly string[]) =>
  JSON.stringify(Object.fromEntries(secrets.map((each, at) => [nameAt(at), each])))
const escaped = (text: string) =>
  Array.from(text, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')

const AT_ONCE = 24
const roomForOne = new Set([
  'a ping',
  'the reason of a close',
  'a kept value of a query',
  'a kept header',
  'cookies',
  'authorization',
])
/** The secrets in turn in all places, many at once where there is room for many. */
function inPlaces(places: Readonly<Record<string, Place>>, secrets: readonly Planted[]): Planting[] {
  const planted: Planting[] = []
  const names = Object.keys(places)
  for (let at = 0; at < secrets.length; turn += 1) {
    const place = names[turn % names.length]!
    const batch = secrets.slice(at, at + (roomForOne.has(place) ? 1 : AT_ONCE))
    planted.push({ place, secrets: batch, sent: places[place]!(batch.map(({ text }) => text)) })
    at += batch.length
  }
  return planted
}
