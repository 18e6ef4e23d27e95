import type { ByteSource } from '../../media/byte-source.ts'
import { bytesOf } from '../../media/rope.ts'
import { PythonError } from '../python/python-error.ts'

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
