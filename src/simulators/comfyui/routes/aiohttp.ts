import { type ByteSource, bytesOf } from '../../media/byte-source.ts'
import { dumpJson } from '../python/format.ts'
import { type Py, PythonError } from '../python/py.ts'

/** aiohttp's answer without a body: `web.Response(status=N)`. */
export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  const type = { 'content-type': 'application/octet-stream', 'content-length': '0' }
  return new Response(null, { status, headers: { ...type, ...headers } })
}

/** What aiohttp says when a handler raised an exception. */
function internalError(): Response {
  return textAnswer(500, '500 Internal Server Error\n\nServer got itself in trouble')
}

/** aiohttp's answer with plain text: `web.Response(status=N, text=…)`. */
export function textAnswer(status: number, text: string): Response {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(Buffer.byteLength(text)) }
  return new Response(text, { status, headers })
}

/** Runs a handler the way aiohttp does: a Python exception becomes its 500. */
export async function answering(handler: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await handler()
  } catch (error) {
    if (error instanceof PythonError) return internalError()
    throw error
  }
}

/** Bytes as a body: small ones at once, others read while they are sent; none for HEAD. */
export function bodyOf(
  request: Request,
  source: ByteSource,
  start = 0,
  end: number = source.size,
): Uint8Array<ArrayBuffer> | ReadableStream | null {
  if (request.method === 'HEAD' || start >= end) return null
  return end - start <= SMALL
    ? Uint8Array.from(bytesOf(source, start, end))
    : ReadableStream.from(source.read(start, end))
}

const SMALL = 64 * 1024

/** aiohttp's `web.json_response`. */
export const jsonAnswer = (value: Py, status = 200): Response => jsonTextAnswer(dumpJson(value), status)

/** The same for JSON that is text already. */
export function jsonTextAnswer(text: string, status = 200): Response {
  return new Response(text, { status, headers: { 'content-type': 'application/json; charset=utf-8' } })
}

/**
 * The whole body; null when it is longer than `limit` bytes. The rest is then read and dropped, so that a client that sends
 * everything before it listens gets its answer.
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > limit) chunks.length = 0
    else chunks.push(chunk)
  }
  return size > limit ? null : Buffer.concat(chunks)
}

/** A part of a form: a text, or a file when the part has a file name that is not empty. */
export interface FormPart {
  readonly name: string
  readonly filename: string | null
  readonly bytes: Uint8Array
}

/**
 * A `multipart/form-data` or urlencoded body as aiohttp reads it; no part for any other type. Request.formData() will not
 * do: it turns `%22` in a file name back into a quote, and the server does not. Throws a PythonError for a body that
 * aiohttp refuses.
 */
export function formParts(contentType: string | null, body: Uint8Array): FormPart[] {
  const type = /^[^;\s]*/.exec(contentType ?? '')?.[0].toLowerCase()
  if (type === 'application/x-www-form-urlencoded') {
    const fields = new URLSearchParams(Buffer.from(body).toString())
    return [...fields].map(([name, value]) => ({ name, filename: null, bytes: Buffer.from(value) }))
  }
  if (type !== 'multipart/form-data') return []
  const boundary = parameters(contentType!).get('boundary')
  if (!boundary) throw new PythonError('ValueError', `boundary missed for Content-Type: ${contentType}`)
  return parts(Buffer.from(body.buffer, body.byteOffset, body.byteLength), `--${boundary}`)
}

function parts(body: Buffer, delimiter: string): FormPart[] {
  const found: FormPart[] = []
  let at = body.indexOf(delimiter)
  if (at === -1) throw new PythonError('ValueError', `Could not find starting boundary b'${delimiter}'`)
  at += delimiter.length
  while (body.toString('latin1', at, at + 2) !== '--') {
    const headersEnd = body.indexOf('\r\n\r\n', at)
    const end = body.indexOf(`\r\n${delimiter}`, headersEnd + 2)
    if (headersEnd === -1 || end === -1) throw new PythonError('ValueError', 'Unexpected end of the form')
    const disposition = /^content-disposition:(.*)$/im.exec(body.toString('utf8', at, headersEnd))?.[1] ?? ''
    const values = parameters(disposition)
    const name = values.get('name')
    if (name === undefined) throw new PythonError('ValueError', 'Multipart field missing name.')
    const filename = values.get('filename*') ?? values.get('filename') ?? ''
    found.push({ name, filename: filename === '' ? null : filename, bytes: body.subarray(headersEnd + 4, end) })
    at = end + 2 + delimiter.length
  }
  return found
}

/** Parameters of a header (RFC 6266 as aiohttp reads it): quoted pairs undone, `name*` decoded by its charset. */
function parameters(header: string): Map<string, string> {
  const found = header.matchAll(/;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g)
  return new Map(
    [...found].map(([, key = '', quoted, plain = '']) => {
      const value = quoted === undefined ? plain.trim() : unquote(quoted)
      return [key.toLowerCase(), key.endsWith('*') ? decodeExtended(value) : value]
    }),
  )
}

/** aiohttp drops leading slashes of a quoted value. */
function unquote(quoted: string): string {
  return quoted.replace(/^[\\/]+/, '').replace(/\\([\x00-\x7f])/g, '$1')
}

/** RFC 5987: `UTF-8''%E6%97%A5`. */
function decodeExtended(value: string): string {
  const [, encoded = value] = /^[^']*'[^']*'(.*)$/.exec(value) ?? []
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}
