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
