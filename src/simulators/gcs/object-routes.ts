import { type Context, Hono } from 'hono'
import { UNMATCHED_HEADER } from '../simulator.ts'
import { GcsFailure, invalid, rangeNotSatisfiable } from './gcs-failure.ts'
import { checkPreconditions, type GcsModel, preconditionsOf } from './gcs-model.ts'
import type { GcsObject } from './object-resource.ts'

export interface ObjectRoutesOptions {
  readonly model: GcsModel
  /** Fields of every bucket's resource. */
  readonly bucket: Readonly<Record<string, unknown>>
  /** The resource of an object as the caller sees it. */
  readonly resource: (object: GcsObject, request: Request) => Record<string, unknown>
}

/** Buckets and objects of the JSON API: read, list, change, delete. */
export function objectRoutes({ model, bucket, resource }: ObjectRoutesOptions): Hono {
  const routes = new Hono()

  routes.get('/b/:bucket', (c) => {
    const name = c.req.param('bucket')
    model.bucket(name)
    const selfLink = `${new URL(c.req.url).origin}/storage/v1/b/${encodeURIComponent(name)}`
    return c.json({ ...bucket, id: name, name, selfLink })
  })

  routes.get('/b/:bucket/o', (c) => {
    const page = listObjects(model.bucket(c.req.param('bucket')).values(), new URL(c.req.url).searchParams)
    return c.json({
      kind: 'storage#objects',
      ...(page.nextPageToken === null ? {} : { nextPageToken: page.nextPageToken }),
      ...(page.prefixes.length === 0 ? {} : { prefixes: page.prefixes }),
      ...(page.objects.length === 0 ? {} : { items: page.objects.map((object) => resource(object, c.req.raw)) }),
    })
  })

  routes.get('/b/:bucket/o/:object{.+}', (c) => {
    const object = target(c)
    return c.req.query('alt') === 'media'
      ? mediaAnswer(object, c.req.header('range'))
      : c.json(resource(object, c.req.raw))
  })

  routes.patch('/b/:bucket/o/:object{.+}', async (c) =>
    c.json(resource(model.patch(target(c), await c.req.text()), c.req.raw)),
  )

  routes.delete('/b/:bucket/o/:object{.+}', (c) => {
    model.delete(target(c))
    return c.body(null, 204)
  })

  return routes

  function target(c: Context): GcsObject {
    const query = new URL(c.req.url).searchParams
    const object = model.get(c.req.param('bucket')!, c.req.param('object')!, query.get('generation'))
    checkPreconditions(preconditionsOf(query), object)
    return object
  }
}

/**
 * What `alt=media` answers: the bytes, or of one `Range` its part with 206; 416 for a part that is not there. The headers are those
 * by which Google's client verifies a download. https://cloud.google.com/storage/docs/json_api/v1/parameters#range
 */
function mediaAnswer(object: GcsObject, range: string | undefined): Response {
  const { bytes, fields, crc32c, md5Hash, generation, metageneration, size, bucket, name } = object
  if (bytes === null) {
    const why = `the bytes of ${bucket}/${name} were hashed, not kept`
    const failure = new GcsFailure(501, 'notImplemented', `The simulator cannot answer alt=media: ${why}.`)
    return Response.json(failure, { status: 501, headers: { [UNMATCHED_HEADER]: why } })
  }
  const part = byteRange(range, size)
  if (part === 'unsatisfiable') {
    const headers = { 'content-range': `bytes */${size}` }
    return Response.json(rangeNotSatisfiable(), { status: 416, headers })
  }
  return new Response((part ? bytes.subarray(part.start, part.end) : bytes) as Uint8Array<ArrayBuffer>, {
    status: part ? 206 : 200,
    headers: {
      'content-type': fields.contentType ?? 'application/octet-stream',
      ...(part && { 'content-range': `bytes ${part.start}-${part.end - 1}/${size}` }),
      'x-goog-generation': generation,
      'x-goog-metageneration': String(metageneration),
      'x-goog-stored-content-encoding': fields.contentEncoding ?? 'identity',
      'x-goog-stored-content-length': String(size),
      'x-goog-hash': `crc32c=${crc32c},md5=${md5Hash}`,
    },
  })
}

/** `end` is exclusive. null: the whole object, also for what RFC 9110 §14.2 lets a server ignore (no byte range, several of them). */
function byteRange(header: string | undefined, size: number): { start: number; end: number } | 'unsatisfiable' | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || first + last === '') return null
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  if (start >= size) return 'unsatisfiable'
  return { start, end: first === '' || last === '' ? size : Math.min(Number(last) + 1, size) }
}

interface ObjectPage {
  readonly objects: readonly GcsObject[]
  readonly prefixes: readonly string[]
  readonly nextPageToken: string | null
}

/**
 * One page of a listing: names in the order of their UTF-8 bytes, those with `delimiter` after the prefix folded into
 * prefixes; both count towards `maxResults` (1000 at most, as the service has it).
 */
function listObjects(objects: Iterable<GcsObject>, query: URLSearchParams): ObjectPage {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const limit = Math.min(positive(query.get('maxResults') ?? '1000'), 1000)
  const after = query.get('pageToken')
  const rows = new Map<string, GcsObject | null>()
  for (const object of [...objects].toSorted((a, b) => byBytes(a.name, b.name))) {
    if (!object.name.startsWith(prefix)) continue
    const cut = delimiter === '' ? -1 : object.name.indexOf(delimiter, prefix.length)
    if (cut < 0) rows.set(object.name, object)
    else rows.set(object.name.slice(0, cut + delimiter.length), null)
  }
  const rest = [...rows].filter(([key]) => after === null || byBytes(key, decodeToken(after)) > 0)
  const page = rest.slice(0, limit)
  return {
    objects: page.flatMap(([, object]) => (object === null ? [] : [object])),
    prefixes: page.flatMap(([key, object]) => (object === null ? [key] : [])),
    nextPageToken: rest.length > limit ? Buffer.from(page.at(-1)![0]).toString('base64') : null,
  }
}

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw invalid(`Invalid value for maxResults: ${text}`)
  return Number(text)
}

function decodeToken(token: string): string {
  return Buffer.from(token, 'base64').toString('utf8')
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
