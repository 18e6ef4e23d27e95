import { UNMATCHED_HEADER } from '../simulator.ts'
import { GcsFailure, rangeNotSatisfiable } from './gcs-failure.ts'
import type { GcsObject } from './gcs-model.ts'

/**
 * What `alt=media` answers: the bytes, or of one `Range` its part with 206; 416 for a part that is not there. The headers are those
 * by which Google's client verifies a download. https://cloud.google.com/storage/docs/json_api/v1/parameters#range
 */
export function mediaAnswer(object: GcsObject, range: string | undefined): Response {
  const { bytes, fields, crc32c, md5Hash, generation, metageneration, size, bucket, name } = object
  if (bytes === null) {
    const why = `the bytes of ${bucket}/${name} were hashed, not kept`
    const failure = new GcsFailure(501, 'notImplemented', `The simulator cannot answer alt=media: ${why}.`)
    return Response.json(failure, { status: 501, headers: { [UNMATCHED_HEADER]: why } })
  }
  const part = byteRange(range, size)
  if (part === 'unsatisfiable') {
    const headers = { 'content-range': `bytes */${size}` }
    return Response.json(rangeNotSatisfiable(), { status: 416, headers })
  }
  return new Response((part ? bytes.subarray(part.start, part.end) : bytes) as Uint8Array<ArrayBuffer>, {
    status: part ? 206 : 200,
    headers: {
      'content-type': fields.contentType ?? 'application/octet-stream',
      ...(part && { 'content-range': `bytes ${part.start}-${part.end - 1}/${size}` }),
      'x-goog-generation': generation,
      'x-goog-metageneration': String(metageneration),
      'x-goog-stored-content-encoding': fields.contentEncoding ?? 'identity',
      'x-goog-stored-content-length': String(size),
      'x-goog-hash': `crc32c=${crc32c},md5=${md5Hash}`,
    },
  })
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
