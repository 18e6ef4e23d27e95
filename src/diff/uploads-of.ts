import * as z from 'zod'
import { jsonOrNull } from '../recording/exact-json.ts'
import type { LoadedEntry } from '../recording/read-har.ts'
import { withoutRuns } from './prompts-of.ts'
import type { UploadFacts } from './run-facts.ts'

/** The object with which the storage service ends an upload. */
const stored = z.looseObject({
  kind: z.literal('storage#object'),
  bucket: z.string(),
  name: z.string(),
  size: z.coerce.number(),
  contentType: z.string().default('application/octet-stream'),
  crc32c: z.string().default(''),
})

/** A manifest holds the stamps of its run, and a film the times of the files that it was made from (ComfyUI writes its prompt into it). */
const STAMPED = /^(application\/json|video\/.*)$/

/** Every object that was uploaded, in order. */
export function uploadsOf(entries: readonly LoadedEntry[], runs: readonly string[]): UploadFacts[] {
  return entries.flatMap(({ method, url, status, responseBody }) => {
    if (!['POST', 'PUT'].includes(method) || !url.pathname.includes('/upload/storage/') || status !== 200) return []
    const object = stored.safeParse(jsonOrNull(responseBody())).data
    if (!object) return []
    const { bucket, name, contentType: type, size, crc32c } = object
    const content = STAMPED.test(type) ? { type } : { type, size, crc32c }
    return [{ url: `gs://${bucket}/${withoutRuns(name, runs)}`, content }]
  })
}
