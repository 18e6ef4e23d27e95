import * as z from 'zod'
import { isJson } from '../../recording/exact-json.ts'
import type { HarLog } from '../../recording/har.ts'

/** What a recording teaches about a project's storage. */
export interface GcsSeed {
  /** Fields that every bucket has in its resource, besides those that follow from its name. */
  readonly bucket: Readonly<Record<string, unknown>>
  /** Storage class of an object whose upload names none. */
  readonly storageClass: string
}

const bucketResource = z.looseObject({ kind: z.literal('storage#bucket'), storageClass: z.string() })

/** Reads the answer to `GET /storage/v1/b/{bucket}` in a recording; null when there is none. */
export function gcsSeed(log: HarLog): GcsSeed | null {
  for (const { request, response } of log.entries) {
    if (request.method !== 'GET' || !/\/b\/[^/]+$/.test(new URL(request.url).pathname)) continue
    const text = response.content.text ?? ''
    const { data } = bucketResource.safeParse(isJson(text) ? JSON.parse(text) : null)
    if (data !== undefined) return { bucket: data, storageClass: data.storageClass }
  }
  return null
}
