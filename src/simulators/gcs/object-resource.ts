import type { GcsObject } from './gcs-model.ts'

/**
 * The object resource of the JSON API; 64-bit numbers are strings, times RFC 3339 with milliseconds.
 * Links are built from `origin`, so that they lead back here. https://cloud.google.com/storage/docs/json_api/v1/objects
 */
export function objectResource(object: GcsObject, origin: string, storageClass: string): Record<string, unknown> {
  const { bucket, name, generation, metageneration, fields } = object
  const path = `b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}`
  const created = new Date(object.created).toISOString()
  return {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    selfLink: `${origin}/storage/v1/${path}`,
    mediaLink: `${origin}/download/storage/v1/${path}?generation=${generation}&alt=media`,
    name,
    bucket,
    generation,
    metageneration: String(metageneration),
    storageClass,
    ...fields,
    size: String(object.size),
    md5Hash: object.md5Hash,
    crc32c: object.crc32c,
    etag: etag(object),
    timeCreated: created,
    updated: new Date(object.updated).toISOString(),
    timeStorageClassUpdated: created,
    timeFinalized: created,
  }
}

function etag({ generation, metageneration }: GcsObject): string {
  return Buffer.from(`${generation}/${metageneration}`).toString('base64')
}
