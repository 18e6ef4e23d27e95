import { invalid } from './gcs-failure.ts'

/** The Content-Range of a PUT to an upload session. Offsets in bytes, `end` exclusive; null where the client left it open. */
export type UploadRange =
  | { kind: 'query'; total: number | null }
  | { kind: 'bytes'; start: number; end: number | null; total: number | null }

// Written `bytes a-b/T`, `bytes a-b/*`, `bytes a-*/T`, `bytes a-*/*` (the stream mode of Google's clients), `bytes */T` and
// `bytes */*`. https://cloud.google.com/storage/docs/performing-resumable-uploads
/** Reads the header; null means that the body is the whole object. Throws 400. */
export function uploadRange(header: string | null): UploadRange {
  if (header === null) return { kind: 'bytes', start: 0, end: null, total: null }
  const [, span, start, end, total] = /^bytes (\*|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(header) ?? []
  if (span === undefined) throw invalid(`Failed to parse Content-Range header: ${header}`)
  const size = total === '*' ? null : Number(total)
  if (span === '*') return { kind: 'query', total: size }
  const range = { kind: 'bytes', start: Number(start), end: end === '*' ? null : Number(end) + 1, total: size } as const
  if ((range.end ?? range.start) < range.start || (size !== null && (range.end ?? range.start) > size)) {
    throw invalid(`Invalid Content-Range header: ${header}`)
  }
  return range
}
