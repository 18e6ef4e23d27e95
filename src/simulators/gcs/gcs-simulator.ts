import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as z from 'zod'
import { isJson } from '../../recording/exact-json.ts'
import type { HarLog } from '../../recording/har.ts'
import { type Clock, PROVENANCE_HEADER, type SimulatedService, UNMATCHED_HEADER } from '../simulator.ts'
import { GcsFailure, loginRequired } from './gcs-failure.ts'
import { GcsModel } from './gcs-model.ts'
import { type GcsObject, objectResource } from './object-resource.ts'
import { objectRoutes } from './object-routes.ts'
import { uploadRoutes } from './upload-routes.ts'
import { UploadSessions } from './upload-sessions.ts'

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
  const resource = (object: GcsObject, request: Request) =>
    objectResource(object, new URL(request.url).origin, seed.storageClass)
  const uploads = uploadRoutes({ model, sessions: new UploadSessions(clock, newId), keepBytes, resource })
  const objects = objectRoutes({ model, bucket: seed.bucket, resource })

  const app = new Hono()
  app.use(markDerived)
  app.use(requireLogin)
  app.route('/upload/storage/v1', uploads)
  for (const base of ['/storage/v1', '/download/storage/v1', '/']) app.route(base, objects)
  app.notFound((c) => {
    const asked = `${c.req.method} ${c.req.path}`
    const failure = new GcsFailure(501, 'notImplemented', `The simulator has no answer to ${asked}.`)
    const nearest = 'Google Cloud Storage, JSON API v1: buckets get, objects insert, get, list, patch, delete'
    return Response.json(failure, { status: 501, headers: { [UNMATCHED_HEADER]: nearest } })
  })
  app.onError((error) => {
    if (!(error instanceof GcsFailure)) throw error
    return error.status === 304 ? new Response(null, { status: 304 }) : Response.json(error, { status: error.status })
  })
  return { name: 'gcs', http: async (request) => app.fetch(request) }
}

const markDerived = createMiddleware(async (c, next) => {
  await next()
  c.res.headers.set(PROVENANCE_HEADER, 'derived')
})

/**
 * The real host wants a token for all but a session URI, which carries its own right. Under any other host name there is none
 * to want: Google's client sends resumable requests without a token to a custom endpoint.
 */
const requireLogin = createMiddleware(async (c, next) => {
  const { hostname, searchParams } = new URL(c.req.url)
  const isGoogle = hostname.endsWith('.googleapis.com')
  if (isGoogle && !searchParams.has('upload_id') && !c.req.header('authorization')) throw loginRequired()
  await next()
})

/** What a recording teaches about a project's storage. */
export interface GcsSeed {
  /** Fields that every bucket has in its resource, besides those that follow from its name. */
  readonly bucket: Readonly<Record<string, unknown>>
  /** Storage class of an object whose upload names none. */
  readonly storageClass: string
}

const bucketResource = z.looseObject({ kind: z.literal('storage#bucket'), storageClass: z.string() })

/** Reads the answer to `GET /storage/v1/b/{bucket}` in a recording; null when there is none. */
export function gcsSeed(log: HarLog): GcsSeed | null {
  for (const { request, response } of log.entries) {
    if (request.method !== 'GET' || !/\/b\/[^/]+$/.test(new URL(request.url).pathname)) continue
    const text = response.content.text ?? ''
    const { data } = bucketResource.safeParse(isJson(text) ? JSON.parse(text) : null)
    if (data !== undefined) return { bucket: data, storageClass: data.storageClass }
  }
  return null
}
