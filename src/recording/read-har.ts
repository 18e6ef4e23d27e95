import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { PromptRunnerError } from '../errors.ts'
import { readInputText } from '../files/read-input.ts'
import type { HarLog } from './har.ts'
import { harSchema, type LooseEntry } from './har-schema.ts'

/** A HAR as this project works with it, whoever wrote it. */
export interface LoadedHar {
  readonly path: string
  /** `log._pr`, `{}` when the file is not ours. */
  readonly facts: Readonly<Record<string, unknown>>
  readonly entries: readonly LoadedEntry[]
  /** The log as it stands in the file. In the HAR of another tool, fields that the standard asks for may be missing. */
  readonly log: HarLog
}

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
  readonly status: number
  readonly responseHeaders: Headers
  /** Decoded (no content encoding is left). Read from disk when it lies in a file. */
  readonly responseBody: () => Uint8Array
  /** null: not a socket. */
  readonly frames: readonly LoadedFrame[] | null
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
 * Loads a HAR of this project, a browser, Playwright or mitmproxy. Bodies named by `_file` are read when asked for.
 * Throws PR_RECORDING when the file cannot be read, is no HAR, or names a body outside its own folder.
 */
export async function readHar(path: string): Promise<LoadedHar> {
  const text = await readInputText(path).catch((cause: Error) => {
    throw new PromptRunnerError('PR_RECORDING', `the recording ${path} cannot be read: ${cause.message}`, { cause })
  })
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new PromptRunnerError('PR_RECORDING', `${path} is not JSON, so it cannot be a HAR`, { cause })
  }
  const { success, data, error } = harSchema.safeParse(json)
  if (!success) {
    const [issue] = error.issues
    const where = issue?.path.join('.') || 'the top level'
    throw new PromptRunnerError('PR_RECORDING', `${path} is not a HAR: ${where}: ${issue?.message}`)
  }
  const open = (file: string) => bodyFile(path, file)
  return {
    path,
    facts: data.log._pr ?? {},
    entries: data.log.entries.map((entry) => loaded(entry, open)),
    log: data.log as unknown as HarLog,
  }
}

function loaded(entry: LooseEntry, open: (file: string) => () => Uint8Array): LoadedEntry {
  return {
    startedAt: epochMs(entry.startedDateTime),
    took: Math.max(0, entry.time ?? 0),
    method: entry.request.method.toUpperCase(),
    url: new URL(entry.request.url.replace(/^ws/i, 'http')),
    requestHeaders: headersOf(entry.request.headers),
    requestBody: bytesOf(entry.request.postData ?? {}, open),
    status: entry.response.status,
    responseHeaders: headersOf(entry.response.headers),
    responseBody: bytesOf(entry.response.content ?? {}, open),
    frames:
      entry._webSocketMessages?.filter(({ type }) => type !== 'error').map((frame) => loadedFrame(frame, open)) ?? null,
    comment: entry.comment ?? '',
    facts: entry._pr ?? {},
  }
}

function loadedFrame(
  frame: NonNullable<LooseEntry['_webSocketMessages']>[number],
  open: (file: string) => () => Uint8Array,
): LoadedFrame {
  const text = frame.opcode === 1
  const encoding = text ? undefined : 'base64'
  return {
    from: frame.type === 'send' ? 'client' : 'server',
    // Chrome and mitmproxy write seconds, Playwright milliseconds.
    at: frame.time > 1e11 ? frame.time : frame.time * 1000,
    opcode: frame.opcode,
    data: text ? () => frame.data : bytesOf({ text: frame.data, encoding, _file: frame._file }, open),
  }
}

type Body = {
  text?: string | undefined
  encoding?: string | undefined
  _encoding?: unknown
  _file?: string | undefined
}

function bytesOf(body: Body, open: (file: string) => () => Uint8Array): () => Uint8Array {
  if (body._file !== undefined) return open(body._file)
  const encoding = body.encoding === 'base64' || body._encoding === 'base64' ? 'base64' : 'utf8'
  return () => Buffer.from(body.text ?? '', encoding)
}

/** Checked when the HAR is loaded, read when the body is asked for. */
function bodyFile(har: string, file: string): () => Uint8Array {
  const folder = dirname(har)
  const path = join(folder, file)
  const inside = relative(folder, path)
  if (isAbsolute(file) || inside.split(sep)[0] === '..' || file.includes('\0')) {
    throw new PromptRunnerError('PR_RECORDING', `${har} names a body outside its own folder: ${JSON.stringify(file)}`)
  }
  return () => {
    try {
      return readFileSync(path)
    } catch (cause) {
      throw new PromptRunnerError('PR_RECORDING', `${har} names a body that is not there: ${file}`, { cause })
    }
  }
}

/** Keeps the fractions of a millisecond that `Date` would drop. */
function epochMs(stamp: string): number {
  const fraction = /\.\d{3}(\d+)/.exec(stamp)?.[1] ?? '0'
  return new Date(stamp).getTime() + Number(`0.${fraction}`)
}

function headersOf(list: ReadonlyArray<{ name: string; value: string }>): Headers {
  const headers = new Headers()
  for (const { name, value } of list) {
    // Chrome lists HTTP/2 pseudo headers (":authority"), which are no header names elsewhere.
    if (!name.startsWith(':')) headers.append(name, value.replaceAll(/[\r\n]+/g, ', '))
  }
  return headers
}
