import * as z from 'zod'
import type { ContentDigest } from './content-hash.ts'
import { invalid, NotSimulated } from './gcs-failure.ts'

/** One object, or an earlier version of one. Times in epoch milliseconds. */
export interface GcsObject extends ContentDigest {
  readonly bucket: string
  readonly name: string
  readonly generation: string
  readonly metageneration: number
  readonly created: number
  readonly updated: number
  /** Since when it is an earlier version. */
  readonly deleted?: number
  /** Of how many objects it was put together. */
  readonly components?: number
  readonly fields: ObjectFields
}

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
    ...(object.md5Hash !== null && { md5Hash: object.md5Hash }),
    crc32c: object.crc32c,
    ...(object.components !== undefined && { componentCount: object.components }),
    etag: etag(object),
    timeCreated: created,
    updated: new Date(object.updated).toISOString(),
    timeStorageClassUpdated: created,
    timeFinalized: created,
    ...(object.deleted !== undefined && { timeDeleted: new Date(object.deleted).toISOString() }),
  }
}

/** Changes with the content and with what is said of it. */
export function etag({ generation, metageneration }: Pick<GcsObject, 'generation' | 'metageneration'>): string {
  return Buffer.from(`${generation}/${metageneration}`).toString('base64')
}

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

/** PUT semantics: what is not said is taken away, but for the content's type. */
export function updatedFields(before: ObjectFields, text: string): ObjectFields {
  const { name: _, crc32c: __, md5Hash: ___, ...fields } = parsed(declared, text)
  return { ...(before.contentType !== undefined && { contentType: before.contentType }), ...fields }
}

/** PATCH semantics: null takes a field away, metadata is merged key by key. */
export function patchedFields(before: ObjectFields, text: string): ObjectFields {
  const { metadata, ...change } = parsed(patch, text)
  const merged = metadata === null ? undefined : withoutNulls({ ...before.metadata, ...metadata })
  return withoutNulls({ ...before, ...change, metadata: merged }) as ObjectFields
}

/** Members of the resource that the service writes itself: it takes no notice of them in a request. */
const OWN_MEMBERS = [
  ...['kind', 'id', 'selfLink', 'mediaLink', 'bucket', 'generation', 'metageneration', 'size', 'etag', 'owner'],
  ...['timeCreated', 'updated', 'timeFinalized', 'timeStorageClassUpdated', 'timeDeleted', 'componentCount'],
]

function parsed<T>(schema: z.ZodObject & z.ZodType<T>, text: string): T {
  const value = requestJson(text)
  const result = schema.safeParse(value)
  if (!result.success) throw invalid(`Invalid value in the object metadata: ${z.prettifyError(result.error)}`)
  refuseOthers(value as object, [...Object.keys(declared.shape), ...OWN_MEMBERS], 'an object')
  return result.data
}

/** The JSON of a request; none counts as `{}`. Throws 400. */
export function requestJson(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('Parse Error: the metadata is not JSON.')
  }
}

/** Throws 501 for a member that would change something and is not simulated. */
export function refuseOthers(value: object, known: readonly string[], of: string): void {
  const other = Object.keys(value).find((name) => !known.includes(name))
  if (other !== undefined) throw new NotSimulated(`the member ${other} of ${of}`, known.join(', '))
}

function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined))
}

const MOST_BYTES = 1024

/** Throws the refusal of a name that no object may have: https://cloud.google.com/storage/docs/objects#naming. */
export function checkObjectName(name: string): void {
  const bytes = Buffer.byteLength(name)
  if (bytes > MOST_BYTES) {
    throw invalid(
      `The maximum object length is ${MOST_BYTES} characters, but got a name with ${bytes} characters: '${name.slice(0, MOST_BYTES)}...'`,
    )
  }
  if (/[\r\n]/.test(name)) throw invalid('Disallowed unicode characters present in object name.')
  if (name === '.' || name === '..' || name.startsWith('.well-known/acme-challenge/')) {
    throw invalid(`Invalid object name: '${name}'`)
  }
}
