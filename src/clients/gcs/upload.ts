import { stat } from 'node:fs/promises'
import type { Bucket, FileMetadata } from '@google-cloud/storage'
import { type Pace, timeLimits } from '../../domain/pace.ts'
import type { StoredObject } from '../../domain/run-event.ts'
import { PromptRunnerError } from '../../errors.ts'
import { fileCrc32c } from '../../files/file-crc32c.ts'
import type { StorageUpload } from '../clients.ts'
import { statusOf } from './errors.ts'
import type { KeptSession } from './kept-session.ts'
import { interruptible } from './library.ts'
import { sendFile } from './send-file.ts'

/** The bucket by the library, which tries each request again or only `once`. */
interface UploadTarget {
  readonly bucket: Bucket
  readonly once: Bucket
}

/**
 * Sends a file under a name that must be free, and believes only what a fresh look at the object says.
 * An object of that name with the same content counts as done. Rejects with the library's own errors or PR_UPLOAD.
 */
export async function uploadFile(
  { bucket, once }: UploadTarget,
  request: StorageUpload,
  how: { readonly pace: Pace; readonly signal: AbortSignal | undefined },
): Promise<StoredObject> {
  const { path, object, contentType, metadata } = request
  const { pace } = how
  const size = await sizeOf(path)
  // The service refuses content that does not have this checksum, so a file that changes under way is never stored.
  const crc32c = await fileCrc32c(path)
  const description: FileMetadata = {
    contentType,
    crc32c,
    ...(size > 0 && { contentLength: size }),
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
  }
  let session: KeptSession | null = null
  let taken = false
  /** Of the object that this upload made, as its answer said. */
  let made: FileMetadata['generation']
  try {
    if (size === 0) made = await sendNothing(bucket, request, description, pace)
    else ({ session, made } = await sendFile(once, request, { size, crc32c, description }, how))
  } catch (error) {
    if (statusOf(error) !== 412) throw error
    taken = true
  }
  const file = bucket.file(object)
  const stored = storedObject((await interruptible(file.getMetadata(), { timeout: timeLimits.answer, pace }))[0])
  await session?.forget()
  if (stored.size === size && stored.crc32c === crc32c) return stored
  if (taken) throw new NameTaken(stored, { path, size, crc32c })
  // Somebody may have put another object in its place meanwhile, which is not ours to delete.
  const isOurs = String(made) === stored.generation
  if (isOurs) await file.delete({ ifGenerationMatch: stored.generation })
  throw mismatch(stored, { path, size, crc32c }, isOurs ? 'it was deleted' : 'somebody else has put it there meanwhile')
}

/** The library would send an empty file in chunks as `bytes 0--1/0`. */
async function sendNothing(
  bucket: Bucket,
  { path, object }: StorageUpload,
  metadata: FileMetadata,
  pace: Pace,
): Promise<FileMetadata['generation']> {
  const sending = bucket.upload(path, {
    destination: object,
    resumable: false,
    validation: false,
    preconditionOpts: { ifGenerationMatch: 0 },
    metadata,
  })
  // The time limit of each request does not reach an upload that is not resumable.
  const [sent] = await interruptible(sending, { timeout: timeLimits.answer, pace })
  return sent.metadata.generation
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

/** The name has another object, which is never replaced. */
export class NameTaken extends PromptRunnerError {
  constructor(stored: StoredObject, local: LocalFile) {
    const message = `uploading ${local.path} to ${uri(stored)} failed: the name is taken by another object (${differ(stored, local)})`
    super('PR_UPLOAD', message, {
      hint: 'choose another prefix in --bucket, or delete the object; nothing is ever overwritten',
    })
  }
}

function mismatch(stored: StoredObject, local: LocalFile, whose: string): PromptRunnerError {
  const message = `uploading ${local.path} to ${uri(stored)} failed: the stored object differs from the file (${differ(stored, local)}); ${whose}`
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
