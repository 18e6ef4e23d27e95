import { stat } from 'node:fs/promises'
import type { Bucket, FileMetadata } from '@google-cloud/storage'
import { type Pace, timeLimits } from '../../domain/pace.ts'
import type { StoredObject } from '../../domain/run-event.ts'
import { PromptRunnerError } from '../../errors.ts'
import { fileCrc32c } from '../../files/file-crc32c.ts'
import type { StorageUpload } from '../clients.ts'
import { statusOf } from './errors.ts'
import { interruptible } from './library.ts'

/** A multiple of 256 KiB, as the service wants it; the library holds one chunk to be able to send it again. */
const CHUNK = 8 * 1024 * 1024

/**
 * Sends a file under a name that must be free, and believes only what a fresh look at the object says.
 * An object of that name with the same content counts as done. Rejects with the library's own errors or PR_UPLOAD.
 */
export async function uploadFile(
  bucket: Bucket,
  { path, object, contentType, metadata, onProgress }: StorageUpload,
  pace: Pace,
): Promise<StoredObject> {
  const size = await sizeOf(path)
  // The service refuses content that does not have this checksum, so a file that changes under way is never stored.
  const crc32c = await fileCrc32c(path)
  const description: FileMetadata = {
    contentType,
    crc32c,
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
  }
  let taken = false
  try {
    const sending = bucket.upload(path, {
      destination: object,
      // The library sends an empty file in chunks as `bytes 0--1/0`.
      ...(size === 0 ? { resumable: false } : { chunkSize: CHUNK }),
      // Otherwise the library answers a wrong checksum by deleting whatever has the name now.
      validation: false,
      preconditionOpts: { ifGenerationMatch: 0 },
      metadata: size === 0 ? description : { ...description, contentLength: size },
      onUploadProgress: ({ bytesWritten }: { bytesWritten: number }) => onProgress?.(bytesWritten, size),
    })
    // The time limit of each request does not reach an upload that is not resumable.
    await interruptible(sending, { timeout: size === 0 ? timeLimits.answer : undefined, pace })
  } catch (error) {
    if (statusOf(error) !== 412) throw error
    taken = true
  }
  const file = bucket.file(object)
  const stored = storedObject((await interruptible(file.getMetadata(), { timeout: timeLimits.answer, pace }))[0])
  if (stored.size === size && stored.crc32c === crc32c) return stored
  if (taken) throw nameTaken(stored, { path, size, crc32c })
  await file.delete({ ifGenerationMatch: stored.generation })
  throw mismatch(stored, { path, size, crc32c })
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new PromptRunnerError('PR_FILE', `reading ${path} for its upload failed: ${why}`, { cause: error })
  }
}

interface LocalFile {
  readonly path: string
  readonly size: number
  readonly crc32c: string
}

function nameTaken(stored: StoredObject, local: LocalFile): PromptRunnerError {
  const message = `uploading ${local.path} to ${uri(stored)} failed: the name is taken by another object (${differ(stored, local)})`
  return new PromptRunnerError('PR_UPLOAD', message, {
    hint: 'choose another prefix in --bucket, or delete the object; nothing is ever overwritten',
  })
}

function mismatch(stored: StoredObject, local: LocalFile): PromptRunnerError {
  const message = `uploading ${local.path} to ${uri(stored)} failed: the stored object differs from the file (${differ(stored, local)}); it was deleted`
  return new PromptRunnerError('PR_UPLOAD', message, {
    hint: 'check that nothing writes to the file, and resume the run',
  })
}

function uri({ bucket, name }: StoredObject): string {
  return `gs://${bucket}/${name}`
}

function differ(stored: StoredObject, local: LocalFile): string {
  return `${stored.size} bytes, crc32c ${stored.crc32c}; the file has ${local.size} bytes, crc32c ${local.crc32c}`
}

/** What the object resource of the JSON API says; its 64-bit numbers are strings. */
export function storedObject(metadata: FileMetadata): StoredObject {
  return {
    bucket: String(metadata.bucket),
    name: String(metadata.name),
    size: Number(metadata.size),
    crc32c: String(metadata.crc32c),
    // Composite objects have none.
    md5: metadata.md5Hash ?? null,
    generation: String(metadata.generation),
  }
}
