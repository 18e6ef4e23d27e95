import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as z from 'zod'
import { isJson } from '../../recording/exact-json.ts'
import type { HarLog } from '../../recording/har.ts'
import { type Clock, notSimulatedHeaders, PROVENANCE_HEADER, type SimulatedService } from '../simulator.ts'
import { bucketResource } from './bucket-resource.ts'
import { bucketRoutes } from './bucket-routes.ts'
import { copyRoutes } from './copy-routes.ts'
import { gcsCalls, gcsKnown, gcsUploads } from './gcs-calls.ts'
import { GcsFailure, loginRequired, NotSimulated } from './gcs-failure.ts'
import type { GcsParts } from './gcs-handlers.ts'
import { GcsModel } from './gcs-model.ts'
import { knownRequest } from './known-request.ts'
import { objectResource } from './object-resource.ts'
import { objectRoutes } from './object-routes.ts'
import { isSigned, signedAnswer } from './signed-url.ts'
import { uploadRoutes } from './upload-routes.ts'
import { UploadSessions } from './upload-sessions.ts'
import { writtenAnswer } from './written-answer.ts'

export interface GcsSimulatorOptions {
  readonly clock: Clock
  /** Ids of upload sessions. */
  readonly newId: () => string
  readonly seed: GcsSeed
  /** The buckets that exist. Without it every bucket does, empty at first: a dry run is made with the user's own names. */
  readonly buckets?: readonly string[] | undefined
  /** Keep what was uploaded, so that `alt=media` can answer it. Otherwise bytes are only hashed on their way through. */
  readonly keepBytes?: boolean
}

/**
 * Google Cloud Storage's JSON API (https://cloud.google.com/storage/docs/json_api) over a model in memory. Answers under
 * `/storage/v1`, `/upload/storage/v1`, `/download/storage/v1`, and under `/b`, where clients with an emulator address look.
 */
export function gcsSimulator({
  clock,
  newId,
  seed,
  buckets,
  keepBytes = false,
}: GcsSimulatorOptions): SimulatedService {
  const model = new GcsModel(clock, buckets)
  const parts: GcsParts = {
    model,
    clock,
    keepBytes,
    resource: (object, request) =>
      objectResource(
        object,
        new URL(request.url).origin,
        model.bucket(object.bucket).fields.storageClass ?? seed.storageClass,
      ),
    bucketResource: (bucket, request) => bucketResource(bucket, new URL(request.url).origin, seed.bucket),
  }
  const calls = { ...bucketRoutes(parts), ...objectRoutes(parts), ...copyRoutes(parts) }
  const uploads = uploadRoutes(parts, new UploadSessions(clock, newId))

  const app = new Hono()
  app.use(markDerived)
  app.use(async (c, next) => {
    const url = new URL(c.req.url)
    if (isSigned(url)) return signedAnswer(parts, c.req.raw)
    requireLogin(url, c.req.raw)
    await next()
    c.res = await writtenAnswer(c.res, url.searchParams)
  })
  for (const [name, call] of entries(gcsUploads)) {
    app.on(call.method, `/upload/storage/v1${call.path}`, knownRequest(call), uploads[name])
  }
  for (const [name, call] of entries(gcsCalls)) {
    const bases = name === 'objects.get' ? [...BASES, '/download/storage/v1'] : BASES
    for (const base of bases) app.on(call.method, base + call.path, knownRequest(call), calls[name])
  }
  app.notFound((c) => refusal(new NotSimulated(`${c.req.method} ${c.req.path}`, gcsKnown)))
  app.onError((error) => {
    if (!(error instanceof GcsFailure)) throw error
    return refusal(error)
  })
  return { name: 'gcs', http: async (request) => app.fetch(request) }
}

/** Of the JSON API, and of clients that were given the address of an emulator. */
const BASES = ['/storage/v1', '']

function entries<Name extends string, Value>(table: Readonly<Record<Name, Value>>): [Name, Value][] {
  return Object.entries(table) as [Name, Value][]
}

function refusal(failure: GcsFailure): Response {
  const { status } = failure
  if (status === 304) return new Response(null, { status })
  const headers = failure instanceof NotSimulated ? notSimulatedHeaders(failure.nearest) : {}
  return Response.json(failure, { status, headers })
}

const markDerived = createMiddleware(async (c, next) => {
  await next()
  c.res.headers.set(PROVENANCE_HEADER, 'derived')
})

/**
 * The real host wants a token for all but a session URI, which carries its own right. Under any other host name there is none
 * to want: Google's client sends resumable requests without a token to a custom endpoint.
 */
function requireLogin({ hostname, searchParams }: URL, { headers }: Request): void {
  const isGoogle = hostname.endsWith('.googleapis.com')
  const hasToken = headers.has('authorization') || searchParams.has('access_token') || searchParams.has('upload_id')
  if (isGoogle && !hasToken) throw loginRequired()
}

/** What a recording teaches about a project's storage. */
export interface GcsSeed {
  /** Fields that every bucket has in its resource, besides those that follow from its name. */
  readonly bucket: Readonly<Record<string, unknown>>
  /** Storage class of an object whose upload names none. */
  readonly storageClass: string
}

const recordedBucket = z.looseObject({ kind: z.literal('storage#bucket'), storageClass: z.string() })

/** Reads the answer to `GET /storage/v1/b/{bucket}` in a recording; null when there is none. */
export function gcsSeed(log: HarLog): GcsSeed | null {
  for (const { request, response } of log.entries) {
    if (request.method !== 'GET' || !/\/b\/[^/]+$/.test(new URL(request.url).pathname)) continue
    const text = response.content.text ?? ''
    const { data } = recordedBucket.safeParse(isJson(text) ? JSON.parse(text) : null)
    if (data !== undefined) return { bucket: data, storageClass: data.storageClass }
  }
  return null
}
