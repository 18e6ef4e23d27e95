import type { GcsBucket } from './gcs-model.ts'

/**
 * The bucket resource of the JSON API: what was said of the bucket, over what the recording's buckets have in common.
 * https://cloud.google.com/storage/docs/json_api/v1/buckets
 */
export function bucketResource(
  { name, fields, metageneration, created }: GcsBucket,
  origin: string,
  common: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const time = created === null ? {} : { timeCreated: isoTime(created), updated: isoTime(created) }
  const isChanged = created !== null || metageneration > 1
  return {
    ...common,
    id: name,
    name,
    selfLink: `${origin}/storage/v1/b/${encodeURIComponent(name)}`,
    ...time,
    ...(isChanged && {
      metageneration: String(metageneration),
      etag: Buffer.from(String(metageneration)).toString('base64'),
    }),
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  }
}

function isoTime(time: number): string {
  return new Date(time).toISOString()
}
