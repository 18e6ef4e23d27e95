import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Redactor } from '../../recording/redact.ts'
import type { Exchange } from './exchange.ts'

/** The object resource that ends an upload. */
const resource = z.looseObject({
  kind: z.literal('storage#object'),
  bucket: z.string(),
  name: z.string(),
  size: z.coerce.number(),
  crc32c: z.string().nullish(),
  md5Hash: z.string().nullish(),
  contentType: z.string().nullish(),
  generation: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
})

/** One of the requests by which an object was uploaded. */
export interface UploadRequest {
  readonly method: string
  readonly url: string
  readonly content_range: string | null
  readonly bytes: number
  readonly status: number
}

/** One object that the storage service accepted, as the service answered it, and every request of its session. */
export interface UploadRecord {
  readonly bucket: string
  readonly object: string
  readonly size: number
  /** Base64, as the service writes it; md5 too. */
  readonly crc32c: string | null
  readonly md5: string | null
  readonly content_type: string | null
  readonly generation: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly requests: readonly UploadRequest[]
}

/** Writes `uploads/upload_NNN_<object>.json` for each object that the storage service accepted. */
export function uploadFiles(folder: string, redactor: Redactor): (exchange: Exchange) => void {
  let count = 0
  return uploadReader(redactor, (record) => {
    count += 1
    mkdirSync(join(folder, 'uploads'), { recursive: true })
    const name = `upload_${String(count).padStart(3, '0')}_${record.object
      .split('/')
      .at(-1)
      ?.replaceAll(/[^\w.-]+/g, '_')}.json`
    writeFileSync(join(folder, 'uploads', name), `${JSON.stringify(record, null, 2)}\n`)
  })
}

/** Finds the objects that were uploaded in the traffic of the storage service. */
export function uploadReader(redactor: Redactor, keep: (record: UploadRecord) => void): (exchange: Exchange) => void {
  const sessions = new Map<string, UploadRequest[]>()
  return (exchange) => {
    const { service, method, url, status, responseHeaders } = exchange
    if (service !== 'gcs' || !/\/upload\//.test(url.pathname) || (method !== 'POST' && method !== 'PUT')) return
    const location = responseHeaders.get('location')
    const session =
      url.searchParams.get('upload_id') ?? (location ? new URL(location, url).searchParams.get('upload_id') : null)
    const requests = (session === null ? null : sessions.get(session)) ?? []
    if (session !== null) sessions.set(session, requests)
    requests.push({
      method,
      url: redactor.url(url.href),
      content_range: exchange.requestHeaders.get('content-range'),
      bytes: exchange.requestBody.size,
      status,
    })
    const object = status === 200 ? resourceIn(exchange) : null
    if (object !== null) keep(recordOf(object, requests))
  }
}

function resourceIn({ responseBody }: Exchange): z.infer<typeof resource> | null {
  try {
    return resource.safeParse(JSON.parse(responseBody.text ?? 'null')).data ?? null
  } catch {
    return null
  }
}

function recordOf(object: z.infer<typeof resource>, requests: readonly UploadRequest[]): UploadRecord {
  return {
    bucket: object.bucket,
    object: object.name,
    size: object.size,
    crc32c: object.crc32c ?? null,
    md5: object.md5Hash ?? null,
    content_type: object.contentType ?? null,
    generation: object.generation ?? null,
    metadata: object.metadata ?? {},
    requests,
  }
}
