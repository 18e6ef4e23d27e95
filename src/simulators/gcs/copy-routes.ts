import type { Context } from 'hono'
import * as z from 'zod'
import { ContentHash } from './content-hash.ts'
import { GcsFailure, invalid, required } from './gcs-failure.ts'
import type { GcsHandlers, GcsParts } from './gcs-handlers.ts'
import { bytesOf } from './media-answer.ts'
import { checkObjectName, declaredObject, type GcsObject, refuseOthers, requestJson } from './object-resource.ts'
import { checkPreconditions, int64, preconditionsOf, refuseEtags } from './preconditions.ts'

type CopyCall = 'objects.copy' | 'objects.rewrite' | 'objects.compose' | 'objects.move'

/** Calls that make an object from others. */
export function copyRoutes({ model, resource }: GcsParts): GcsHandlers<CopyCall> {
  return {
    async 'objects.copy'(c) {
      return c.json(resource(await copied(c), c.req.raw))
    },

    /** Always done at once, as the service is where neither place nor storage class change. */
    async 'objects.rewrite'(c) {
      const object = await copied(c)
      const size = String(object.size)
      return c.json({
        kind: 'storage#rewriteResponse',
        totalBytesRewritten: size,
        objectSize: size,
        done: true,
        resource: resource(object, c.req.raw),
      })
    },

    'objects.move'(c) {
      const source = sourceOf(c)
      const bucket = c.req.param('bucket')!
      const name = c.req.param('toObject')!
      if (name === source.name) throw invalid('Source and destination object names must be different.')
      const moved = put(c, bucket, name, source, source.fields)
      model.delete(source)
      return c.json(resource(moved, c.req.raw))
    },

    async 'objects.compose'(c) {
      refuseEtags(c.req.raw)
      const bucket = c.req.param('bucket')!
      const { sources, destination } = composition(await c.req.text())
      const found = sources.map(({ name, generation, ifGenerationMatch }) => {
        const object = model.get(bucket, name, generation)
        checkPreconditions({ ...(ifGenerationMatch && { GenerationMatch: ifGenerationMatch }) }, object)
        return object
      })
      const hash = new ContentHash(true)
      for (const object of found) hash.update(bytesOf(object))
      const components = found.reduce((sum, object) => sum + (object.components ?? 1), 0)
      const content = { ...hash.digest(), md5Hash: null, components }
      const made = put(c, bucket, c.req.param('object')!, content, destination)
      if (c.req.query('deleteSourceObjects') === 'true') {
        for (const object of found) if (object.name !== made.name) model.delete(object)
      }
      return c.json(resource(made, c.req.raw))
    },
  }

  /** With a description in the request that takes the place of the source's own. */
  async function copied(c: Context): Promise<GcsObject> {
    const source = sourceOf(c)
    const text = await c.req.text()
    const said = declaredObject(text)
    const isDescribed = Object.values(said.fields).some((value) => value !== undefined)
    return put(c, c.req.param('toBucket')!, c.req.param('toObject')!, source, isDescribed ? said.fields : source.fields)
  }

  function sourceOf(c: Context): GcsObject {
    refuseEtags(c.req.raw)
    const query = new URL(c.req.url).searchParams
    const generation = query.get('sourceGeneration')
    if (generation) int64('sourceGeneration', generation)
    const source = model.get(c.req.param('bucket')!, c.req.param('object')!, generation)
    checkPreconditions(preconditionsOf(query, 'ifSource'), source)
    return source
  }

  function put(
    c: Context,
    bucket: string,
    name: string,
    {
      size,
      md5Hash,
      crc32c,
      bytes,
      components,
    }: Pick<GcsObject, 'size' | 'md5Hash' | 'crc32c' | 'bytes' | 'components'>,
    fields: GcsObject['fields'],
  ): GcsObject {
    checkObjectName(name)
    const content = { size, md5Hash, crc32c, bytes, ...(components !== undefined && { components }) }
    const nothing = { crc32c: undefined, md5Hash: undefined }
    return model.put(bucket, name, { fields, ...nothing }, content, preconditionsOf(new URL(c.req.url).searchParams))
  }
}

const composeRequest = z.object({
  kind: z.string().optional(),
  destination: z.record(z.string(), z.unknown()).optional(),
  sourceObjects: z
    .array(
      z.strictObject({
        name: z.string(),
        generation: z.coerce.string().optional(),
        objectPreconditions: z.strictObject({ ifGenerationMatch: z.coerce.string().optional() }).optional(),
      }),
    )
    .optional(),
})

const MOST_SOURCES = 32

function composition(text: string) {
  const value = requestJson(text)
  const { success, data, error } = composeRequest.safeParse(value)
  if (!success) throw invalid(`Invalid compose request: ${z.prettifyError(error)}`)
  refuseOthers(value as object, Object.keys(composeRequest.shape), 'a compose request')
  const { destination = {}, sourceObjects = [] } = data
  if (sourceObjects.length === 0)
    throw new GcsFailure(400, 'required', 'You must provide at least one source component.')
  if (sourceObjects.length > MOST_SOURCES) {
    throw invalid(
      `The number of source components provided (${sourceObjects.length}) exceeds the maximum (${MOST_SOURCES}).`,
    )
  }
  const sources = sourceObjects.map(({ name, generation, objectPreconditions }) => {
    if (name === '') throw required('sourceObjects.name')
    const ifGenerationMatch = objectPreconditions?.ifGenerationMatch
    if (ifGenerationMatch !== undefined) int64('ifGenerationMatch', ifGenerationMatch)
    return { name, generation, ifGenerationMatch }
  })
  return { sources, destination: declaredObject(JSON.stringify(destination)).fields }
}
