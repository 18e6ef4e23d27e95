import type { BodyFile, BodyFiles } from './body-files.ts'
import { jsonOrNull } from './exact-json.ts'
import { bytesOfBody, type HarBody, isRelabelled } from './har-body.ts'
import { entrySchema, type LooseEntry, socketMessage } from './har-schema.ts'

export interface LoadedEntry {
  /** Epoch milliseconds, with fractions. */
  readonly startedAt: number
  /** Milliseconds; 0 where unknown. */
  readonly took: number
  readonly method: string
  /** Always `http:` or `https:`, for sockets too. */
  readonly url: URL
  readonly requestHeaders: Headers
  /** Empty when there was none or it was not kept. */
  readonly requestBody: () => Uint8Array
  /** What is known of a request's body that the recording does not have: its hash, or '' for nothing. */
  readonly lostRequest?: string
  readonly status: number
  readonly responseHeaders: Headers
  /** Decoded (no content encoding is left). Read from disk when it lies in a file. */
  readonly responseBody: () => Uint8Array
  /** Whether the answer had a body that the recording does not have. */
  readonly isBodyLost?: boolean
  /** Why the answer broke off before its end. */
  readonly cut?: string
  /** null: not a socket. Those of a long one are read from disk as they are asked for. */
  readonly frames: Iterable<LoadedFrame> | null
  readonly comment: string
  readonly facts: Readonly<Record<string, unknown>>
}

export interface LoadedFrame {
  readonly from: 'client' | 'server'
  /** Epoch milliseconds, with fractions. */
  readonly at: number
  /** 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number
  /** A string for text, bytes for everything else. */
  readonly data: () => string | Uint8Array
}

/**
 * Reads an entry of a HAR, as it stands there and as this project works with it. One whose date cannot be read began at `before`,
 * with the one before it. Throws an Error whose message says, after the HAR's name, why it cannot be used.
 */
export function loadEntry(
  json: unknown,
  { files, before }: { files: BodyFiles; before: number },
): { entry: LooseEntry; loaded: LoadedEntry } {
  const { data: entry, error } = entrySchema.safeParse(json)
  if (entry === undefined) {
    const [issue] = error.issues
    throw new Error(`has an entry in which ${issue?.path.join('.') || 'all'} is wrong: ${issue?.message}`)
  }
  const { request, response } = entry
  const loaded: LoadedEntry = {
    startedAt: epochMs(entry.startedDateTime) ?? before,
    took: Math.max(0, entry.time),
    method: request.method.toUpperCase(),
    url: addressOf(request.url),
    requestHeaders: headersOf(request.headers),
    requestBody: bytesOfBody(request.postData ?? {}, files),
    ...lostRequestOf(request),
    status: response.status,
    responseHeaders: answerHeaders(response),
    responseBody: bytesOfBody(response.content, files),
    isBodyLost: isLost(response.content),
    ...cutOf(response),
    frames: framesOf(entry, files),
    comment: entry.comment,
    facts: entry._pr,
  }
  return { entry, loaded }
}

function addressOf(text: string): URL {
  const url = URL.parse(text.replace(/^ws/i, 'http'))
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new Error(
    `has an entry whose address is not one of http, https or a socket: ${JSON.stringify(text.slice(0, 200))}`,
  )
}

function framesOf({ response: { content }, ...entry }: LooseEntry, files: BodyFiles): Iterable<LoadedFrame> | null {
  const frames = entry._webSocketMessages
  const isSocket = frames !== undefined || entry['_resourceType'] === 'websocket'
  if (isSocket && !frames?.length && content._file !== undefined) return framesIn(files(content._file), files)
  return frames?.flatMap((frame) => loadedFrames(frame, files)) ?? null
}

function framesIn(file: BodyFile, files: BodyFiles): Iterable<LoadedFrame> {
  return {
    *[Symbol.iterator]() {
      for (const line of file.lines()) yield* loadedFrames(jsonOrNull(line), files)
    },
  }
}

/** None for what is no frame, or whose bytes cannot be had: the frames around it are what they are. */
function loadedFrames(json: unknown, files: BodyFiles): LoadedFrame[] {
  const { data: frame } = socketMessage.safeParse(json)
  if (frame === undefined || frame.type === 'error') return []
  const text = frame.opcode === 1
  const encoding = text ? undefined : 'base64'
  let data: LoadedFrame['data'] = () => frame.data
  try {
    if (!text) data = bytesOfBody({ text: frame.data, encoding, _file: frame._file }, files)
  } catch {
    return []
  }
  return [
    {
      from: frame.type === 'send' ? 'client' : 'server',
      // Chrome and mitmproxy write seconds, Playwright milliseconds.
      at: frame.time > 1e11 ? frame.time : frame.time * 1000,
      opcode: frame.opcode,
      data,
    },
  ]
}

/** A browser may export no content, and what was only hashed cannot be given back. */
function isLost({ text, _file, ...more }: LooseEntry['response']['content']): boolean {
  const { size, _sha256 }: Record<string, unknown> = more
  return !text && _file === undefined && (Number(size ?? 0) > 0 || typeof _sha256 === 'string')
}

/** A body that was told of, and is not there. */
function lostRequestOf({ postData, headers, ...more }: LooseEntry['request']): Pick<LoadedEntry, 'lostRequest'> {
  const { text, _file, params, _sha256 = '' }: HarBody = postData ?? {}
  if (text !== undefined || _file !== undefined || (Array.isArray(params) && params.length > 0)) return {}
  const { bodySize }: Record<string, unknown> = more
  const length = headers.find(({ name }) => /^content-length$/i.test(name))?.value
  const isLost = Number(bodySize ?? 0) > 0 || Number(length ?? 0) > 0 || _sha256 !== ''
  return isLost ? { lostRequest: String(_sha256) } : {}
}

/** Says so, or in the words of Playwright. */
function cutOf({ status, ...response }: LooseEntry['response']): Pick<LoadedEntry, 'cut'> {
  const { _error, _failureText }: Record<string, unknown> = response
  const cut = _error || _failureText
  return status >= 200 && typeof cut === 'string' ? { cut } : {}
}

/** With the label that the bytes have now. */
function answerHeaders({ headers: list, content }: LooseEntry['response']): Headers {
  const headers = headersOf(list)
  const mimeType = content.mimeType || headers.get('content-type') || ''
  if (!isRelabelled({ ...content, mimeType })) return headers
  headers.set('content-type', `${mimeType.split(';')[0]}; charset=utf-8`)
  return headers
}

/** Keeps the fractions of a millisecond that `Date` would drop; null for what is no date. */
function epochMs(stamp: string): number | null {
  const fraction = /\.\d{3}(\d+)/.exec(stamp)?.[1] ?? '0'
  const at = new Date(stamp).getTime()
  return Number.isNaN(at) ? null : at + Number(`0.${fraction}`)
}

function headersOf(list: ReadonlyArray<{ name: string; value: string }>): Headers {
  const headers = new Headers()
  for (const { name, value } of list) {
    // Chrome lists HTTP/2 pseudo headers (":authority"), and a mangled name could be no header on the wire either.
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) continue
    headers.append(name, onWire(value))
  }
  return headers
}

/** A header as bytes. Playwright writes down the text that they spell in UTF-8, and lines that were repeated, below one another. */
function onWire(value: string): string {
  // No server sends the characters that control something, and Node refuses to.
  const line = value.replaceAll(/[\r\n]+/g, ', ').replaceAll(/[\0-\x08\x0b-\x1f\x7f]/g, '')
  return /^[\0-\xff]*$/.test(line) ? line : Buffer.from(line).toString('latin1')
}
