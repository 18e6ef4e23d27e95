import type { Bucket, FileMetadata } from '@google-cloud/storage'
import type { Pace } from '../../domain/pace.ts'
import { pauseAfter, retries } from '../../domain/retry-policy.ts'
import type { StorageUpload } from '../clients.ts'
import { isPassing } from './errors.ts'
import { type KeptSession, keptSession } from './kept-session.ts'
import { askSession, beginSession, type Held, isGone, sendRest } from './upload-session.ts'

/** A file to send, as it was looked at. */
export interface SizedFile {
  readonly size: number
  readonly crc32c: string
}

/**
 * Sends a file under a name that must be free, over as many connections and sessions as it takes. It goes on from what the service
 * holds, also of a session that an earlier part of the run has begun. Nothing of the library's own retries is used: after a failure
 * it would take its own count of bytes for the service's (https://github.com/googleapis/nodejs-storage/issues/2193).
 * Gives the session, to be forgotten when the object has been looked at, and the generation of what it made. Rejects with the library's own errors.
 */
export async function sendFile(
  bucket: Bucket,
  { path, object, onProgress, sessionFile }: StorageUpload,
  { size, crc32c, description }: SizedFile & { readonly description: FileMetadata },
  { pace, signal }: { readonly pace: Pace; readonly signal: AbortSignal | undefined },
): Promise<{ session: KeptSession; made: FileMetadata['generation'] }> {
  const file = bucket.file(object)
  const service = new URL(bucket.storage.apiEndpoint).origin
  const kept = keptSession(sessionFile, { service, bucket: bucket.name, object, size, crc32c })
  const told = rising((sent) => onProgress?.(sent, size))
  let uri = await kept.find()
  let furthest = 0
  for (let failures = 0; ; ) {
    try {
      let held: Held = 0
      if (uri !== null) held = await askSession(bucket, { uri, size }, pace)
      if (typeof held === 'object') return { session: kept, made: held.made }
      if (held === 'gone' || uri === null) {
        uri = null
        uri = await beginSession(file, description)
        await kept.keep(uri)
        held = 0
      }
      if (held > furthest) failures = 0
      furthest = Math.max(furthest, held)
      await sendRest(file, uri, { path, size, from: held, onProgress: told })
      return { session: kept, made: file.metadata.generation }
    } catch (error) {
      signal?.throwIfAborted()
      const isLost = uri !== null && isGone(error)
      if (isLost) uri = null
      else if (!isPassing(error)) {
        await kept.forget()
        throw error
      }
      failures += 1
      const pause = pauseAfter(retries.upload, failures)
      if (pause === null) throw error
      await pace.pause(pause, signal)
    }
  }
}

/** What was sent twice is not told twice. */
function rising(tell: (sent: number) => void): (sent: number) => void {
  let most = 0
  return (sent) => {
    if (sent <= most) return
    most = sent
    tell(sent)
  }
}
