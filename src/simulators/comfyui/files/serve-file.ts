import { bodyOf, emptyAnswer } from './file-answers.ts'
import type { StoredFile } from './file-store.ts'

/** aiohttp's FileResponse (3.14): validators, conditions, one byte range. `headers` are in every answer. */
export function serveFile(request: Request, file: StoredFile, headers: Readonly<Record<string, string>>): Response {
  const { size } = file.bytes
  const validators = { ...headers, etag: `"${etagOf(file)}"`, 'last-modified': httpDate(file.modified) }
  const failed = failedCondition(request, file)
  if (failed === 304) {
    return new Response(null, { status: 304, headers: validators })
  }
  if (failed === 412) return emptyAnswer(412, headers)

  const range = rangeApplies(request, file) ? requestedRange(request.headers.get('range'), size) : null
  if (range === 'bad') return emptyAnswer(416, { ...headers, 'content-range': `bytes */${size}` })
  const { start, end } = range ?? { start: 0, end: size }
  const length = { 'content-length': String(end - start), 'accept-ranges': 'bytes' }
  const part = range && { 'content-range': `bytes ${start}-${end - 1}/${size}` }
  return new Response(bodyOf(request, file.bytes, start, end), {
    status: range ? 206 : 200,
    headers: { ...validators, ...length, ...part },
  })
}

/** `{st_mtime_ns:x}-{st_size:x}` */
function etagOf({ modified, bytes }: StoredFile): string {
  return `${(BigInt(modified) * 1_000_000n).toString(16)}-${bytes.size.toString(16)}`
}

/** Whole seconds, rounded up. */
function httpDate(modified: number): string {
  return new Date(Math.ceil(modified / 1000) * 1000).toUTCString()
}

function failedCondition(request: Request, file: StoredFile): 304 | 412 | null {
  const match = request.headers.get('if-match')
  const noneMatch = request.headers.get('if-none-match')
  const unmodified = dateOf(request, 'if-unmodified-since')
  const modified = dateOf(request, 'if-modified-since')
  if (match !== null && !matches(file, match, { weak: false })) return 412
  if (match === null && unmodified !== null && file.modified > unmodified) return 412
  if (noneMatch !== null && matches(file, noneMatch, { weak: true })) return 304
  if (noneMatch === null && modified !== null && file.modified <= modified) return 304
  return null
}

function matches(file: StoredFile, header: string, { weak }: { weak: boolean }): boolean {
  if (header.trim() === '*') return true
  const tags = [...header.matchAll(/(W\/)?"([^"]*)"/g)]
  return tags.some(([, prefix, tag]) => tag === etagOf(file) && (weak || prefix === undefined))
}

function rangeApplies(request: Request, file: StoredFile): boolean {
  const ifRange = dateOf(request, 'if-range')
  return ifRange === null || file.modified <= ifRange
}

/** null for a header that is absent or no date: aiohttp ignores it then (an entity tag in If-Range too). */
function dateOf(request: Request, header: string): number | null {
  const time = Date.parse(request.headers.get(header) ?? '')
  return Number.isNaN(time) ? null : time
}

/** `end` is exclusive. One range only; `-N` counts from the end; a suffix of zero is the whole file. */
function requestedRange(header: string | null, size: number): { start: number; end: number } | 'bad' | null {
  if (header === null) return null
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? []
  if (first === '' && last === '') return 'bad'
  if (first === '') {
    const suffix = Number(last)
    return size === 0 ? 'bad' : { start: suffix === 0 ? 0 : Math.max(size - suffix, 0), end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (start >= size || (last !== '' && Number(last) < start)) return 'bad'
  return { start, end }
}
