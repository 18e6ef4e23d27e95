/**
 * HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) as this project reads and writes it.
 * Times in milliseconds, sizes in bytes, -1 where unknown. Sockets follow Chrome: `_resourceType: "websocket"` and
 * `_webSocketMessages` with `time` in epoch seconds. Our own facts live under `_pr`.
 */
export interface Har {
  log: HarLog
}

export interface HarLog {
  version: '1.2'
  creator: { name: string; version: string; comment?: string }
  pages?: HarPage[]
  entries: HarEntry[]
  comment?: string
  _pr?: Record<string, unknown>
}

export interface HarPage {
  startedDateTime: string
  id: string
  title: string
  pageTimings: Record<string, number>
}

export interface HarEntry {
  pageref?: string
  startedDateTime: string
  time: number
  request: HarRequest
  response: HarResponse
  cache: Record<string, never>
  timings: HarTimings
  serverIPAddress?: string
  connection?: string
  comment?: string
  _resourceType?: string
  _webSocketMessages?: HarSocketMessage[]
  _pr?: Record<string, unknown>
}

export interface HarHeader {
  name: string
  value: string
}

export interface HarRequest {
  method: string
  url: string
  httpVersion: string
  cookies: HarHeader[]
  headers: HarHeader[]
  queryString: HarHeader[]
  postData?: {
    mimeType: string
    text?: string
    params?: HarHeader[]
    encoding?: string
    _file?: string
    _sha256?: string
    _size?: number
  }
  headersSize: number
  bodySize: number
}

export interface HarResponse {
  status: number
  statusText: string
  httpVersion: string
  cookies: HarHeader[]
  headers: HarHeader[]
  content: HarContent
  redirectURL: string
  headersSize: number
  bodySize: number
  _error?: string | null
}

export interface HarContent {
  /** Decoded length. */
  size: number
  mimeType: string
  text?: string
  encoding?: 'base64'
  /** Path of the body, relative to the HAR file; never leaves its folder. */
  _file?: string
  _sha256?: string
}

export interface HarTimings {
  blocked?: number
  dns?: number
  connect?: number
  ssl?: number
  send: number
  wait: number
  receive: number
}

export interface HarSocketMessage {
  type: 'send' | 'receive' | 'error'
  /** Epoch seconds. Playwright writes milliseconds; a value above 1e11 is read as such. */
  time: number
  /** 1 text, 2 binary (data in base64), 8 close, 9 ping, 10 pong. */
  opcode: number
  /** Empty when the frame lies in `_file`. */
  data: string
  _file?: string
  _sha256?: string
  _size?: number
}

/** The text of a HAR: keys in a fixed order, two spaces, times to the microsecond, so that a refresh shows only real changes. */
export function harText(har: Har): string {
  return `${JSON.stringify(har, inOrder, 2)}\n`
}

/** One entry, or one socket frame, as it stands in `harText`, `depth` levels deep. */
export function harPart(part: HarEntry | HarSocketMessage, depth: number): string {
  return JSON.stringify(part, inOrder, 2).replaceAll('\n', `\n${'  '.repeat(depth)}`)
}

const order = [
  'log name version creator pages entries recorded source server device',
  'pageref startedDateTime id title pageTimings time comment _resourceType',
  'method status statusText url httpVersion mimeType size value',
  'request response cookies headers queryString postData content redirectURL',
  'type opcode data encoding text params _file _sha256 _size headersSize bodySize _error',
  'cache timings blocked dns connect ssl send wait receive serverIPAddress connection _webSocketMessages _pr',
]
const rank = new Map(order.flatMap((line) => line.split(' ')).map((key, index) => [key, index]))

function inOrder(key: string, value: unknown): unknown {
  if (typeof value === 'number') return rounded(key, value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1)))
}

function place(key: string): number {
  return rank.get(key) ?? rank.size
}

/** A `time` above 1e8 is in epoch seconds (socket frames); everything else that has fractions is in milliseconds. */
function rounded(key: string, value: number): number {
  return Number(value.toFixed(key === 'time' && value > 1e8 ? 6 : 3))
}
