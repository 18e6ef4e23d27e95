import { open, rename, rm } from 'node:fs/promises'
import type { Bucket } from '@google-cloud/storage'
import { type Pace, timeLimits } from '../../domain/pace.ts'
import { pauseAfter, retries } from '../../domain/retry-policy.ts'
import type { StoredObject } from '../../domain/run-event.ts'
import { PromptRunnerError } from '../../errors.ts'
import { fileCrc32c } from '../../files/file-crc32c.ts'
import { isPassing } from './errors.ts'
import { type GcsLibrary, interruptible } from './library.ts'
import { storedObject } from './upload.ts'

const PIECE = 8 * 1024 * 1024

/**
 * Brings an object to `path`, which is either whole or as it was, and proves it by size and checksum. It comes in pieces: the library's
 * own streams end the program when the first answer is an error (https://github.com/googleapis/google-cloud-node/issues/9242).
 * Rejects with the library's own errors or PR_STORAGE.
 */
export async function downloadObject(
  bucket: Bucket,
  library: GcsLibrary,
  { object, path }: { readonly object: string; readonly path: string },
  { pace, signal }: { readonly pace: Pace; readonly signal: AbortSignal | undefined },
): Promise<StoredObject> {
  const [metadata] = await interruptible(bucket.file(object).getMetadata(), { timeout: timeLimits.answer, pace })
  const stored = storedObject(metadata)
  const url = `${bucket.storage.baseUrl}/b/${bucket.name}/o/${encodeURIComponent(object)}?alt=media&generation=${stored.generation}`
  const part = `${path}.part`
  let at = 0
  let furthest = 0
  try {
    await using file = await open(part, 'w')
    for (let failures = 0; ; ) {
      try {
        while (at < stored.size) {
          const end = Math.min(at + PIECE, stored.size)
          await file.write(await library.bytes(url, { from: at, end }, signal), 0, end - at, at)
          at = end
          if (at > furthest) failures = 0
          furthest = Math.max(at, furthest)
        }
        if ((await fileCrc32c(part)) === stored.crc32c) break
        throw differs(stored, path)
      } catch (error) {
        signal?.throwIfAborted()
        failures += 1
        const isWrong = at === stored.size
        const pause = isPassing(error) || isWrong ? pauseAfter(retries.storage, failures) : null
        if (pause === null) throw error
        if (isWrong) at = 0
        await pace.pause(pause, signal)
      }
    }
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
  return stored
}

function differs({ bucket, name }: StoredObject, path: string): PromptRunnerError {
  const message = `downloading gs://${bucket}/${name} to ${path} gave other bytes than the object has`
  return new PromptRunnerError('PR_STORAGE', message, { hint: 'check the network and the disk, and try again' })
}
