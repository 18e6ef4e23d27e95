import type { ByteSource } from '../../media/byte-source.ts'
import { jpeg } from '../../media/jpeg.ts'
import { png } from '../../media/png.ts'
import { webp } from '../../media/webp.ts'
import type { FileStore, StoredFile } from '../files/file-store.ts'
import { type FileType, parseAnnotatedName } from '../files/folder-paths.ts'
import { mimeType } from '../files/mime-type.ts'
import { basename, isWithin, join, normpath } from '../files/python-path.ts'
import { PythonError } from '../python/py.ts'
import { answering, bodyOf, emptyAnswer } from './aiohttp.ts'

/** `GET /view` and `HEAD /view` of ComfyUI 0.3.64 (server.py, view_image). */
export function view(request: Request, store: FileStore): Promise<Response> {
  return answering(() => {
    const query = new URL(request.url).searchParams
    const asked = query.get('filename')
    if (asked === null) return emptyAnswer(404)
    const { name, type: tag } = parseAnnotatedName(asked)
    if (name === '' || name.startsWith('/') || name.includes('..')) return emptyAnswer(400)
    const type = tag ?? query.get('type') ?? 'output'
    if (!isFileType(type)) return emptyAnswer(400)

    const base = store.directory(type)
    const folder = join(base, query.get('subfolder') ?? '')
    if (!isWithin(base, normpath(folder))) return emptyAnswer(403)
    // Directories in the file name are dropped, not followed.
    const filename = basename(name)
    const file = store.at(join(folder, filename))
    if (file === null || file === 'directory') return emptyAnswer(404)
    return answer(request, file, query, filename)
  })
}

/** Types that a browser would run are sent as a download. */
const RUNNABLE = new Set(['text/html', 'application/xhtml+xml', 'text/javascript', 'text/css'])

function answer(request: Request, file: StoredFile, query: URLSearchParams, filename: string): Response {
  const channel = query.get('channel')
  // Neither type nor escaping, and UTF-8 as it is: headers take bytes as Latin-1 characters.
  const disposition = `filename="${Buffer.from(filename).toString('latin1')}"`
  const encoded = (type: string, bytes: ByteSource) =>
    new Response(bodyOf(request, bytes), {
      headers: { 'content-type': type, 'content-length': String(bytes.size), 'content-disposition': disposition },
    })

  const preview = query.get('preview')
  if (preview !== null) {
    const isJpeg = preview.split(';')[0] === 'jpeg' && !channel?.includes('a')
    if (isJpeg) return encoded('image/jpeg', jpeg(pictureOf(file)))
    return encoded('image/webp', webp(pictureOf(file)))
  }
  if (channel === 'rgb') return encoded('image/png', png(pictureOf(file)))
  if (channel === 'a') return encoded('image/png', png({ ...pictureOf(file), colour: 0, alpha: 255 }))

  const type = mimeType(filename)
  const contentType = RUNNABLE.has(type) ? 'application/octet-stream' : type
  return serveFile(request, file, { 'content-disposition': disposition, 'content-type': contentType })
}

function pictureOf({ content, filename }: StoredFile) {
  if (content.kind !== 'image')
    throw new PythonError('UnidentifiedImageError', `cannot identify image file '${filename}'`)
  const { width, height, segments } = content.images
  return { width, height, colour: segments[0]!.colour }
}

function isFileType(text: string): text is FileType {
  return ['output', 'input', 'temp'].includes(text)
}

/** aiohttp's FileResponse (3.14): validators, conditions, one byte range. `headers` are in every answer. */
function serveFile(request: Request, file: StoredFile, headers: Readonly<Record<string, string>>): Response {
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
