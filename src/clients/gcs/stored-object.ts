import type { FileMetadata } from '@google-cloud/storage'
import type { StoredObject } from '../../domain/run-event.ts'

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
