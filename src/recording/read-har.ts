import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import type { z } from 'zod'
import { PromptRunnerError } from '../errors.ts'
import { readInputText } from '../files/read-input.ts'
import { jsonOrNull } from './exact-json.ts'
import type { HarLog } from './har.ts'
import { harSchema, type LooseEntry, socketMessage } from './har-schema.ts'
import { linesIn } from './json-lines.ts'

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
  const open = (file: string) => beside(path, file)
  return {
    path,
    facts: data.log._pr ?? {},
    entries: data.log.entries.map((entry) => loaded(entry, open)),
    log: data.log as unknown as HarLog,
  }
}

/** Checks the name of a file beside the HAR at once; that it is there, when its path is asked for. */
type Open = (file: string) => () => string

function loaded(entry: LooseEntry, open: Open): LoadedEntry {
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
    frames: framesOf(entry, open),
    comment: entry.comment ?? '',
    facts: entry._pr ?? {},
  }
}

function framesOf({ response: { content }, ...entry }: LooseEntry, open: Open): Iterable<LoadedFrame> | null {
  const frames = entry._webSocketMessages
  const isSocket = frames !== undefined || entry['_resourceType'] === 'websocket'
  if (isSocket && !frames?.length && content._file !== undefined) return framesIn(open(content._file), open)
  return frames?.filter(({ type }) => type !== 'error').map((frame) => loadedFrame(frame, open)) ?? null
}

function framesIn(file: () => string, open: Open): Iterable<LoadedFrame> {
  return {
    *[Symbol.iterator]() {
      const path = file()
      let number = 0
      for (const line of linesIn(path)) {
        number += 1
        const { success, data } = socketMessage.safeParse(jsonOrNull(line))
        if (!success) throw new PromptRunnerError('PR_RECORDING', `${path}:${number}: this is no frame of a socket`)
        if (data.type !== 'error') yield loadedFrame(data, open)
      }
    },
  }
}

function loadedFrame(frame: z.infer<typeof socketMessage>, open: Open): LoadedFrame {
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

function bytesOf(body: Body, open: Open): () => Uint8Array {
  if (body._file !== undefined) {
    const path = open(body._file)
    return () => readFileSync(path())
  }
  const encoding = body.encoding === 'base64' || body._encoding === 'base64' ? 'base64' : 'utf8'
  return () => Buffer.from(body.text ?? '', encoding)
}

function beside(har: string, file: string): () => string {
  const folder = dirname(har)
  const path = join(folder, file)
  const inside = relative(folder, path)
  if (isAbsolute(file) || inside.split(sep)[0] === '..' || file.includes('\0')) {
    throw new PromptRunnerError('PR_RECORDING', `${har} names a body outside its own folder: ${JSON.stringify(file)}`)
  }
  return () => {
    if (existsSync(path)) return path
    throw new PromptRunnerError('PR_RECORDING', `${har} names a body that is not there: ${file}`)
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
