import { EventEmitter } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Bucket, File } from '@google-cloud/storage'
import { type Pace, timeLimits } from '../../domain/pace.ts'
import { pauseAfter, retries } from '../../domain/retry-policy.ts'
import type { StoredObject } from '../../domain/run-event.ts'
import { PromptRunnerError } from '../../errors.ts'
import { fileCrc32c } from '../../files/file-crc32c.ts'
import { isPassing } from './errors.ts'
import { interruptible } from './library.ts'
import { storedObject } from './upload.ts'

/** Bytes for which the time of one request is enough. */
const PIECE = 8 * 1024 * 1024

/**
 * Brings an object to `path`, which is either whole or as it was, and proves it by size and checksum: the library checks only what a
 * server says in the same answer. Rejects with the library's own errors or PR_STORAGE.
 */
export async function downloadObject(
  bucket: Bucket,
  { object, path }: { readonly object: string; readonly path: string },
  { pace, signal }: { readonly pace: Pace; readonly signal: AbortSignal | undefined },
): Promise<StoredObject> {
  const file = bucket.file(object)
  const part = `${path}.part`
  const stored = storedObject((await interruptible(file.getMetadata(), { timeout: timeLimits.answer, pace }))[0])
  const timeout = timeLimits.storage * Math.ceil((stored.size + 1) / PIECE)
  try {
    for (let failures = 1; ; failures += 1) {
      try {
        await interruptible(write(file, part), { timeout, pace })
        if ((await stat(part)).size === stored.size && (await fileCrc32c(part)) === stored.crc32c) break
        throw differs(stored, path)
      } catch (error) {
        signal?.throwIfAborted()
        const pause = isPassing(error) || isDifference(error) ? pauseAfter(retries.storage, failures) : null
        if (pause === null) throw error
        await pace.pause(pause, signal)
      }
    }
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
  return stored
}

/** The library puts eleven listeners on one stream of its own, and Node warns of the eleventh. */
async function write(file: File, path: string): Promise<void> {
  const { defaultMaxListeners } = EventEmitter
  EventEmitter.defaultMaxListeners = Math.max(20, defaultMaxListeners)
  try {
    await pipeline(file.createReadStream({ validation: false, decompress: false }), createWriteStream(path))
  } finally {
    EventEmitter.defaultMaxListeners = defaultMaxListeners
  }
}

const DIFFERS = 'gave other bytes than the object has'

function isDifference(error: unknown): boolean {
  return error instanceof PromptRunnerError && error.message.endsWith(DIFFERS)
}

function differs({ bucket, name }: StoredObject, path: string): PromptRunnerError {
  return new PromptRunnerError('PR_STORAGE', `downloading gs://${bucket}/${name} to ${path} ${DIFFERS}`, {
    hint: 'check the network and the disk, and try again',
  })
}
