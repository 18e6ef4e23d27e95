import { expect, it } from 'vitest'
import { canonicalHar } from '../../src/recording/canonical-har.ts'
import type { Har, HarEntry, HarSocketMessage } from '../../src/recording/har.ts'

const first = '5f0c6a52-6a09-4f4e-9d0e-6f3f6f1f0c11'
const second = '0b8f1f0e-30a1-4c55-8f0f-9d9b1f3f0a22'

it('is the same for two runs that differ in ids, boundaries, headers, timing, pings and who spoke when', () => {
  const one = har([
    entry({
      id: first,
      boundary: '----aaaa',
      at: 1,
      headers: { Host: 'gpu.test', 'Content-Length': '10', 'X-Run': first },
    }),
    socket(first, [
      message('receive', 1, 'hello'),
      message('send', 1, 'flags'),
      message('send', 9, ''),
      message('receive', 8, 'A+g='),
    ]),
  ])
  const two = har([
    entry({
      id: second,
      boundary: '----bbbb',
      at: 900,
      headers: { 'x-run': second, host: 'gpu.test', Connection: 'close' },
    }),
    socket(second, [message('send', 1, 'flags'), message('receive', 1, 'hello'), message('receive', 8, 'A+g=')]),
  ])
  expect(canonicalHar(one)).toEqual(canonicalHar(two))
})

it.each([
  ['a status', (entry: HarEntry) => ({ ...entry, response: { ...entry.response, status: 500 } })],
  ['a path', (entry: HarEntry) => ({ ...entry, request: { ...entry.request, url: 'http://gpu.test/other' } })],
  [
    'a body',
    (entry: HarEntry) => ({ ...entry, response: { ...entry.response, content: { size: 1, mimeType: '', text: 'x' } } }),
  ],
  [
    'a header',
    (entry: HarEntry) => ({ ...entry, request: { ...entry.request, headers: [{ name: 'x-new', value: '1' }] } }),
  ],
])('keeps %s', (_what, change) => {
  const before = entry({ id: first, boundary: '----aaaa', at: 1, headers: {} })
  expect(canonicalHar(har([change(before)]))).not.toEqual(canonicalHar(har([before])))
})

it('tells ids apart and recognises them again', () => {
  const ids = [first, second, first].map((id, at) => entry({ id, boundary: '----bbbb', at, headers: {} }))
  expect(canonicalHar(har(ids)).log.entries.map(({ request }) => request.url)).toEqual([
    'http://gpu.test/upload/{{id:1}}',
    'http://gpu.test/upload/{{id:2}}',
    'http://gpu.test/upload/{{id:1}}',
  ])
})

function har(entries: HarEntry[]): Har {
  return { log: { version: '1.2', creator: { name: 'test', version: '1' }, entries } }
}

function entry({
  id,
  boundary,
  at,
  headers,
}: {
  id: string
  boundary: string
  at: number
  headers: Record<string, string>
}): HarEntry {
  return {
    startedDateTime: new Date(at).toISOString(),
    time: at,
    request: {
      method: 'POST',
      url: `http://gpu.test/upload/${id}`,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      queryString: [],
      postData: { mimeType: `multipart/form-data; boundary=${boundary}`, _sha256: boundary, _size: 10 },
      headersSize: -1,
      bodySize: 10,
    },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: [],
      content: { size: 0, mimeType: 'application/json' },
      redirectURL: '',
      headersSize: -1,
      bodySize: 0,
    },
    cache: {},
    timings: { send: 0, wait: at, receive: 0 },
  }
}

function socket(id: string, messages: HarSocketMessage[]): HarEntry {
  const opened = entry({ id, boundary: '----xxxx', at: 2000, headers: {} })
  return { ...opened, _resourceType: 'websocket', _webSocketMessages: messages }
}

let time = 0

/** No two come at the same time. */
function message(type: 'send' | 'receive', opcode: number, data: string): HarSocketMessage {
  time += 1
  return { type, opcode, data, time }
}
