import * as z from 'zod'
import { invalid } from './gcs-failure.ts'

/** What a caller may say of an object; names as in the JSON API. Custom metadata values arrive as strings in the answer. */
const writable = z.object({
  contentType: z.string().optional(),
  contentEncoding: z.string().optional(),
  contentDisposition: z.string().optional(),
  contentLanguage: z.string().optional(),
  cacheControl: z.string().optional(),
  storageClass: z.string().optional(),
  customTime: z.string().optional(),
  metadata: z.record(z.string(), z.coerce.string()).optional(),
})

const declared = writable.extend({
  name: z.string().optional(),
  crc32c: z.string().optional(),
  md5Hash: z.string().optional(),
})

const patch = z.object({
  ...Object.fromEntries(Object.keys(writable.shape).map((field) => [field, z.string().nullish()])),
  metadata: z.record(z.string(), z.union([z.null(), z.coerce.string()])).nullish(),
})

export type ObjectFields = z.infer<typeof writable>

export interface DeclaredObject {
  readonly name: string | undefined
  /** Checksums that the content must have, base64. */
  readonly crc32c: string | undefined
  readonly md5Hash: string | undefined
  readonly fields: ObjectFields
}

/** The metadata JSON of an upload; an empty body counts as `{}`. */
export function declaredObject(text: string): DeclaredObject {
  const { name, crc32c, md5Hash, ...fields } = parsed(declared, text)
  return { name, crc32c, md5Hash, fields }
}

/** PATCH semantics: null takes a field away, metadata is merged key by key. */
export function patchedFields(before: ObjectFields, text: string): ObjectFields {
  const { metadata, ...change } = parsed(patch, text)
  const merged = metadata === null ? undefined : withoutNulls({ ...before.metadata, ...metadata })
  return withoutNulls({ ...before, ...change, metadata: merged }) as ObjectFields
}

function parsed<T>(schema: z.ZodType<T>, text: string): T {
  const result = schema.safeParse(text.trim() === '' ? {} : json(text))
  if (result.success) return result.data
  throw invalid(`Invalid value in the object metadata: ${z.prettifyError(result.error)}`)
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('Parse Error: the metadata is not JSON.')
  }
}

function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined))
}
