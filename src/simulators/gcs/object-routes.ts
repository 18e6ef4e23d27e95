import { type Context, Hono } from 'hono'
import type { GcsModel, GcsObject } from './gcs-model.ts'
import type { GcsSeed } from './gcs-seed.ts'
import { listObjects } from './list-objects.ts'
import { mediaAnswer } from './media-answer.ts'
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
