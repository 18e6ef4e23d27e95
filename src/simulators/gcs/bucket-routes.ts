import * as z from 'zod'
import { invalid, required } from './gcs-failure.ts'
import type { GcsHandlers, GcsParts } from './gcs-handlers.ts'
import type { BucketFields, GcsBucket } from './gcs-model.ts'
import { pageOf } from './list-objects.ts'
import { refuseOthers, requestJson } from './object-resource.ts'
import { checkEtag, checkPreconditions, preconditionsOf, refuseEtags } from './preconditions.ts'

type BucketCall = 'buckets.list' | 'buckets.insert' | 'buckets.get' | 'buckets.patch' | 'buckets.delete'

/** Buckets of the JSON API. */
export function bucketRoutes({ model, bucketResource }: GcsParts): GcsHandlers<BucketCall> {
  return {
    'buckets.list'(c) {
      const query = new URL(c.req.url).searchParams
      if (!query.get('project')) throw required('project')
      const rows = model.buckets
        .filter(({ name }) => name.startsWith(query.get('prefix') ?? ''))
        .map((bucket): [string, GcsBucket] => [bucket.name, bucket])
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
      const { page, nextPageToken } = pageOf(rows, query)
      return c.json({
        kind: 'storage#buckets',
        ...(nextPageToken === null ? {} : { nextPageToken }),
        ...(page.length === 0 ? {} : { items: page.map(([, bucket]) => bucketResource(bucket, c.req.raw)) }),
      })
    },

    async 'buckets.insert'(c) {
      if (!c.req.query('project')) throw required('project')
      const { name, ...fields } = declaredBucket(await c.req.text())
      if (name === undefined) throw required('name')
      if (!/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name)) throw invalid(`Invalid bucket name: '${name}'`)
      return c.json(bucketResource(model.createBucket(name, fields), c.req.raw))
    },

    'buckets.get'(c) {
      const bucket = target(c.req.raw, c.req.param('bucket')!)
      checkEtag(c.req.raw, String(bucketResource(bucket, c.req.raw)['etag']))
      return c.json(bucketResource(bucket, c.req.raw))
    },

    async 'buckets.patch'(c) {
      refuseEtags(c.req.raw)
      const bucket = target(c.req.raw, c.req.param('bucket')!)
      bucket.fields = patched(bucket.fields, await c.req.text())
      bucket.metageneration += 1
      return c.json(bucketResource(bucket, c.req.raw))
    },

    'buckets.delete'(c) {
      refuseEtags(c.req.raw)
      model.deleteBucket(target(c.req.raw, c.req.param('bucket')!))
      return c.body(null, 204)
    },
  }

  function target(request: Request, name: string): GcsBucket {
    const bucket = model.bucket(name)
    const { metageneration } = bucket
    checkPreconditions(preconditionsOf(new URL(request.url).searchParams), { generation: '1', metageneration })
    return bucket
  }
}

/** What a bucket can be told. What else the service knows (rules, keys, rights, logs) would change what it does, and is not simulated. */
const writable = {
  location: z.string().optional(),
  storageClass: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  versioning: z.object({ enabled: z.boolean() }).optional(),
}
const declared = z.object({ ...writable, name: z.string().optional() })
const patch = z.object({
  labels: z.record(z.string(), z.string().nullable()).nullish(),
  versioning: writable.versioning.nullable(),
  storageClass: z.string().optional(),
})

/** Members that the service writes itself. */
const OWN_MEMBERS = ['kind', 'id', 'selfLink', 'etag', 'metageneration', 'generation', 'timeCreated', 'updated']

function declaredBucket(text: string): z.infer<typeof declared> {
  return read(declared, text)
}

function patched(before: BucketFields, text: string): BucketFields {
  const { labels, versioning, storageClass } = read(patch, text)
  const merged = labels === null ? {} : { ...before.labels, ...labels }
  const kept = Object.entries(merged).filter((label): label is [string, string] => label[1] !== null)
  return {
    ...before,
    ...(storageClass !== undefined && { storageClass }),
    ...(labels !== undefined && { labels: Object.fromEntries(kept) }),
    ...(versioning !== undefined && { versioning: versioning ?? undefined }),
  }
}

function read<Shape extends z.ZodObject>(schema: Shape, text: string): z.infer<Shape> {
  const value = requestJson(text)
  const result = schema.safeParse(value)
  if (!result.success) throw invalid(`Invalid value in the bucket metadata: ${z.prettifyError(result.error)}`)
  refuseOthers(value as object, [...Object.keys(schema.shape), ...OWN_MEMBERS], 'a bucket')
  return result.data
}
