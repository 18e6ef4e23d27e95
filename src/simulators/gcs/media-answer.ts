import { gunzipSync } from 'node:zlib'
import { NotSimulated, rangeNotSatisfiable } from './gcs-failure.ts'
import { etag, type GcsObject } from './object-resource.ts'

/**
 * What `alt=media` answers: the bytes, or of one `Range` its part with 206; 416 for a part that is not there. The headers are those
 * by which Google's client verifies a download. https://cloud.google.com/storage/docs/json_api/v1/parameters#range
 */
export function mediaAnswer(object: GcsObject, { headers: asked }: Request): Response {
  const { fields, crc32c, md5Hash, generation, metageneration, size } = object
  const bytes = bytesOf(object)
  const headers = {
    'content-type': fields.contentType ?? 'application/octet-stream',
    ...(fields.cacheControl && { 'cache-control': fields.cacheControl }),
    ...(fields.contentDisposition && { 'content-disposition': fields.contentDisposition }),
    ...(fields.contentLanguage && { 'content-language': fields.contentLanguage }),
    etag: etag(object),
    'x-goog-generation': generation,
    'x-goog-metageneration': String(metageneration),
    'x-goog-stored-content-encoding': fields.contentEncoding ?? 'identity',
    'x-goog-stored-content-length': String(size),
    'x-goog-hash': `crc32c=${crc32c}${md5Hash === null ? '' : `,md5=${md5Hash}`}`,
  }
  if (isTranscoded(object, asked)) {
    const transcoded = { ...headers, 'x-guploader-response-body-transformations': 'gunzipped' }
    return new Response(unzipped(object, bytes), { headers: transcoded })
  }
  const encoding = fields.contentEncoding && { 'content-encoding': fields.contentEncoding }
  const part = byteRange(asked.get('range') ?? undefined, size)
  if (part === 'unsatisfiable') {
    return Response.json(rangeNotSatisfiable(), { status: 416, headers: { 'content-range': `bytes */${size}` } })
  }
  return new Response((part ? bytes.subarray(part.start, part.end) : bytes) as Uint8Array<ArrayBuffer>, {
    status: part ? 206 : 200,
    headers: {
      ...headers,
      ...encoding,
      ...(part && { 'content-range': `bytes ${part.start}-${part.end - 1}/${size}` }),
    },
  })
}

/** What an object holds. Throws 501 where it was not kept. */
export function bytesOf({ bytes, bucket, name }: GcsObject): Uint8Array {
  if (bytes !== null) return bytes
  const why = `the bytes of ${bucket}/${name} were hashed, not kept`
  throw new NotSimulated(`what needs the content of ${bucket}/${name}`, why)
}

/**
 * Objects stored as gzip are unpacked for whoever does not take gzip, as a whole whatever `Range` asks for, unless they may not
 * be transformed. https://cloud.google.com/storage/docs/transcoding
 */
function isTranscoded({ fields }: GcsObject, asked: Headers): boolean {
  const takesGzip = /(?:^|[,\s])gzip(?!\s*;\s*q=0(?:\.0*)?(?:[,\s]|$))(?=[\s,;]|$)/i.test(
    asked.get('accept-encoding') ?? '',
  )
  const isFixed = /(?:^|[,\s])no-transform(?:[,\s]|$)/i.test(fields.cacheControl ?? '')
  return fields.contentEncoding === 'gzip' && !takesGzip && !isFixed
}

/** A stream, as the service tells no length of it. */
function unzipped({ bucket, name }: GcsObject, bytes: Uint8Array): ReadableStream {
  try {
    const content = gunzipSync(bytes)
    return new ReadableStream({
      start(controller) {
        if (content.byteLength > 0) controller.enqueue(new Uint8Array(content))
        controller.close()
      },
    })
  } catch {
    throw new NotSimulated(`unpacking ${bucket}/${name}`, 'its contentEncoding says gzip, its content is none')
  }
}

/** `end` is exclusive. null: the whole object, also for what RFC 9110 §14.2 lets a server ignore (no byte range, several of them). */
function byteRange(header: string | undefined, size: number): { start: number; end: number } | 'unsatisfiable' | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || first + last === '') return null
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  if (start >= size) return 'unsatisfiable'
  return { start, end: first === '' || last === '' ? size : Math.min(Number(last) + 1, size) }
}
