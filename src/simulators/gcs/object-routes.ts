import type { Context } from 'hono'
import type { GcsHandlers, GcsParts } from './gcs-handlers.ts'
import { listObjects } from './list-objects.ts'
import { mediaAnswer } from './media-answer.ts'
import { etag, type GcsObject, patchedFields, updatedFields } from './object-resource.ts'
import { checkEtag, checkPreconditions, int64, preconditionsOf, refuseEtags } from './preconditions.ts'

/** Objects of the JSON API: list, read, describe, delete. */
export function objectRoutes({
  model,
  resource,
}: GcsParts): GcsHandlers<'objects.list' | 'objects.get' | 'objects.patch' | 'objects.update' | 'objects.delete'> {
  return {
    'objects.list'(c) {
      const { objects, prefixes, nextPageToken } = listObjects(
        model.bucket(c.req.param('bucket')!),
        new URL(c.req.url).searchParams,
      )
      return c.json({
        kind: 'storage#objects',
        ...(nextPageToken === null ? {} : { nextPageToken }),
        ...(prefixes.length === 0 ? {} : { prefixes }),
        ...(objects.length === 0 ? {} : { items: objects.map((object) => resource(object, c.req.raw)) }),
      })
    },

    'objects.get'(c) {
      const object = target(c)
      checkEtag(c.req.raw, etag(object))
      return c.req.query('alt') === 'media' ? mediaAnswer(object, c.req.raw) : c.json(resource(object, c.req.raw))
    },

    async 'objects.patch'(c) {
      refuseEtags(c.req.raw)
      const object = target(c)
      return c.json(resource(model.describe(object, patchedFields(object.fields, await c.req.text())), c.req.raw))
    },

    async 'objects.update'(c) {
      refuseEtags(c.req.raw)
      const object = target(c)
      return c.json(resource(model.describe(object, updatedFields(object.fields, await c.req.text())), c.req.raw))
    },

    'objects.delete'(c) {
      refuseEtags(c.req.raw)
      model.delete(target(c), Boolean(c.req.query('generation')))
      return c.body(null, 204)
    },
  }

  /** The object that a request is about, which is as the request wants it. */
  function target(c: Context): GcsObject {
    const query = new URL(c.req.url).searchParams
    const generation = query.get('generation')
    if (generation) int64('generation', generation)
    const object = model.get(c.req.param('bucket')!, c.req.param('object')!, generation)
    checkPreconditions(preconditionsOf(query), object)
    return object
  }
}
