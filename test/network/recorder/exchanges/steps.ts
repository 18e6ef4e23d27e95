import { deflateRawSync } from 'node:zlib'
import { chosenBytes } from '../../../support/seeded.ts'

/** What happens on a connection, in this order; each step waits until the one before it has arrived at the other side. */
export type Step =
  /** The client sends; `{{host}}` is what it connects to. */
  | { readonly c: string | Buffer }
  /** The server sends. */
  | { readonly s: string | Buffer }
  | { readonly ends: 'client' | 'server' }
  | { readonly resets: 'client' | 'server' }

export const c = (...bytes: Array<string | Buffer>): Step => ({ c: joined(bytes) })
export const s = (...bytes: Array<string | Buffer>): Step => ({ s: joined(bytes) })
export const clientEnds: Step = { ends: 'client' }
export const serverEnds: Step = { ends: 'server' }
export const clientResets: Step = { resets: 'client' }
export const serverResets: Step = { resets: 'server' }

export const film = chosenBytes(5_000, 'film')
export const large = chosenBytes(700_000, 'large')
export const JSON_TEXT = '{"queue_running": [], "seed": 12345678901234567890, "cfg": NaN}'
export const HTML = '<p>otter</p>'

export const get = (path: string, ...headers: Array<string | Buffer>) =>
  c(head(`GET ${path} HTTP/1.1`, 'Host: {{host}}', ...headers))
export const post = (path: string, body: string | Buffer, ...headers: string[]) =>
  c(head(`POST ${path} HTTP/1.1`, 'Host: {{host}}', ...headers, `Content-Length: ${Buffer.byteLength(body)}`), body)
export const answer = (body: string | Buffer, ...headers: string[]) =>
  s(head('HTTP/1.1 200 OK', ...headers, `Content-Length: ${Buffer.byteLength(body)}`), body)
export const chunks = (...pieces: Array<string | Buffer>) =>
  joined(pieces.flatMap((piece) => [`${Buffer.byteLength(piece).toString(16)}\r\n`, piece, '\r\n']))
export const upgrade = (...headers: string[]) =>
  get(
    '/ws?clientId=1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...headers,
  )
export const accepted = (...headers: string[]) =>
  s(
    head(
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=',
      ...headers,
    ),
  )
export const closing = [
  c(frame(8, Buffer.from([3, 232]), { isMasked: true })),
  s(frame(8, Buffer.from([3, 232]))),
  serverEnds,
]
export const noMore = answer('', 'Content-Type: text/plain')
export const json = 'Content-Type: application/json; charset=utf-8'
export const plain = 'Content-Type: text/plain'
export const chunked = 'Transfer-Encoding: chunked'

export function head(...lines: Array<string | Buffer>): Buffer {
  return joined([...lines, ''].flatMap((line) => [line, '\r\n']))
}

export function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

function joined(parts: ReadonlyArray<string | Buffer>): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)))
}

export function packed(text: string): Buffer {
  const bytes = deflateRawSync(text, { finishFlush: 2 })
  return frame(1, bytes.subarray(0, -4), { isPacked: true })
}

export function frame(
  opcode: number,
  payload: string | Buffer,
  {
    isMasked = false,
    isLast = true,
    isPacked = false,
  }: { isMasked?: boolean; isLast?: boolean; isPacked?: boolean } = {},
): Buffer {
  const data = Buffer.from(payload as string)
  const mask = Buffer.from([1, 2, 3, 4])
  const size =
    data.length < 126
      ? Buffer.from([data.length])
      : data.length < 65_536
        ? Buffer.from([126, data.length >> 8, data.length & 255])
        : Buffer.from([
            127,
            0,
            0,
            0,
            0,
            data.length >>> 24,
            (data.length >> 16) & 255,
            (data.length >> 8) & 255,
            data.length & 255,
          ])
  if (isMasked) size[0]! |= 128
  const first = opcode | (isLast ? 0x80 : 0) | (isPacked ? 0x40 : 0)
  return joined([
    Buffer.from([first]),
    size,
    ...(isMasked ? [mask, Buffer.from(data.map((byte, at) => byte ^ mask[at & 3]!))] : [data]),
  ])
}
