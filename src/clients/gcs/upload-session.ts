import { createReadStream } from 'node:fs'
import type { Bucket, File, FileMetadata } from '@google-cloud/storage'
import { type Pace, timeLimits } from '../../domain/pace.ts'
import { statusOf } from './errors.ts'
import { interruptible } from './library.ts'

/** A multiple of 256 KiB, as the service wants it; the library holds one chunk. */
const CHUNK = 8 * 1024 * 1024

/** Begins the upload of an object that must not be there yet, and gives the address of its session. */
export async function beginSession(file: File, description: FileMetadata): Promise<string> {
  const [uri] = await file.createResumableUpload({
    metadata: description,
    preconditionOpts: { ifGenerationMatch: 0 },
  })
  return uri
}

/** Bytes that the service holds for good, the generation of the object that it has made, or nothing of such a session any more. */
export type Held = number | { readonly made: FileMetadata['generation'] } | 'gone'

/**
 * Asks how far a session has come. https://cloud.google.com/storage/docs/performing-resumable-uploads#status-check
 */
export async function askSession(
  { storage }: Bucket,
  { uri, size }: { readonly uri: string; readonly size: number },
  pace: Pace,
): Promise<Held> {
  // The library itself asks only as a part of sending, and then hangs when the object is there.
  const asked = new Promise<Held>((resolve, reject) => {
    const headers = { 'content-range': `bytes */${size}` }
    storage.request({ method: 'PUT', uri, headers }, (error, body, response) => {
      if (error === null || error === undefined) resolve({ made: (body as FileMetadata | undefined)?.generation })
      else if (statusOf(error) === 308) resolve(heldBytes(response ?? (error as { response?: unknown }).response))
      else reject(error)
    })
  })
  try {
    return await interruptible(asked, { timeout: timeLimits.answer, pace })
  } catch (error) {
    if (isGone(error)) return 'gone'
    throw error
  }
}

/** Whether the service has forgotten a session: within a week it says 410, after that 404. */
export function isGone(error: unknown): boolean {
  return [404, 410].includes(statusOf(error) ?? 0)
}

/** Without a `Range` nothing is held. */
function heldBytes(response: unknown): number {
  const { headers } = response as { headers: Headers | Readonly<Record<string, string>> }
  const range = headers instanceof Headers ? headers.get('range') : headers['range']
  const last = /^bytes=0-(\d+)$/.exec(range ?? '')?.[1]
  return last === undefined ? 0 : Number(last) + 1
}

/** What is sent to a session. */
export interface Rest {
  readonly path: string
  readonly size: number
  /** Bytes that are there. */
  readonly from: number
  readonly onProgress: (sent: number) => void
}

/** Sends the rest of a file in chunks. Rejects at the first thing that goes wrong. */
export async function sendRest(file: File, uri: string, { path, size, from, onProgress }: Rest): Promise<void> {
  const source = createReadStream(path, { start: from, end: size - 1 })
  const target = file.createWriteStream({
    uri,
    offset: from,
    chunkSize: CHUNK,
    // The service has the checksum, and the library would answer a wrong one by deleting whatever has the name now.
    validation: false,
    metadata: { contentType: 'application/octet-stream', contentLength: size },
  })
  try {
    await new Promise<void>((resolve, reject) => {
      source.on('error', reject)
      // It stays: the library may find more to say when all is over.
      target.on('error', reject)
      target.on('finish', resolve)
      target.on('progress', ({ bytesWritten }: { bytesWritten: number }) => onProgress(bytesWritten))
      source.pipe(target)
    })
  } finally {
    source.destroy()
    target.destroy()
  }
}
