import { type Context, Hono } from 'hono'
import { UNMATCHED_HEADER } from '../simulator.ts'
import { GcsFailure } from './gcs-failure.ts'
import type { GcsModel, GcsObject } from './gcs-model.ts'
import type { GcsSeed } from './gcs-seed.ts'
import { listObjects } from './list-objects.ts'
import { checkPreconditions, preconditionsOf } from './preconditions.ts'

export interface ObjectRoutesOptions {
  readonly model: GcsModel
  readonly seed: GcsSeed
  /** The resource of an object as the caller sees it. */
  readonly resource: (object: GcsObject, request: Request) => Record<string, unknown>
}

/** Buckets and objects of the JSON API: read, list, change, delete. */
export function objectRoutes({ model, seed, resource }: ObjectRoutesOptions): Hono {
  const routes = new Hono()

  routes.get('/b/:bucket', (c) => {
    const name = c.req.param('bucket')
    model.bucket(name)
    const selfLink = `${new URL(c.req.url).origin}/storage/v1/b/${encodeURIComponent(name)}`
    return c.json({ ...seed.bucket, id: name, name, selfLink })
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
    return c.req.query('alt') === 'media' ? media(object) : c.json(resource(object, c.req.raw))
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

/** The headers are those by which Google's client verifies a download. */
function media({
  bytes,
  fields,
  crc32c,
  md5Hash,
  generation,
  metageneration,
  size,
  bucket,
  name,
}: GcsObject): Response {
  if (bytes === null) {
    const why = `the bytes of ${bucket}/${name} were hashed, not kept`
    const failure = new GcsFailure(501, 'notImplemented', `The simulator cannot answer alt=media: ${why}.`)
    return Response.json(failure, { status: 501, headers: { [UNMATCHED_HEADER]: why } })
  }
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: {
      'content-type': fields.contentType ?? 'application/octet-stream',
      'x-goog-generation': generation,
      'x-goog-metageneration': String(metageneration),
      'x-goog-stored-content-encoding': fields.contentEncoding ?? 'identity',
      'x-goog-stored-content-length': String(size),
      'x-goog-hash': `crc32c=${crc32c},md5=${md5Hash}`,
    },
  })
}
