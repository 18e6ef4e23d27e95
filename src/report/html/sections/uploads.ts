import { bytesText } from '../../../domain/wording.ts'
import type { RunFiles } from '../run-files.ts'
import { dataTable, type Section } from './section.ts'

/** What was put into the bucket, with the checksums that it was verified by; null when nothing was. */
export function uploadsSection({ uploads, events }: RunFiles): Section | null {
  const stored = events.filter((event) => event.kind === 'upload-finished').map(({ object }) => object)
  const verified = new Set(stored.map(({ bucket, name, crc32c }) => `${bucket}/${name} ${crc32c}`))
  const kept = uploads.map(({ bucket, object: name, size, crc32c, md5, requests }) => ({
    bucket,
    name,
    size,
    crc32c,
    md5,
    requests: requests.length as number | string,
  }))
  const objects = kept.length > 0 ? kept : stored.map((object) => ({ ...object, requests: '' }))
  if (objects.length === 0) return null
  const rows = objects.map(({ bucket, name, size, crc32c, md5, requests }) => [
    `gs://${bucket}/${name}`,
    bytesText(size),
    crc32c,
    md5 ?? '–',
    verified.has(`${bucket}/${name} ${crc32c}`) ? 'verified' : '–',
    requests,
  ])
  return {
    id: 'uploads',
    title: 'Uploads',
    html: dataTable('Stored objects', ['object', 'size', 'CRC32C', 'MD5', 'checked', 'requests'], rows),
  }
}
