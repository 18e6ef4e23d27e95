import { type Context, Hono } from 'hono'
import { ContentHash } from './content-hash.ts'
import { GcsFailure, invalid } from './gcs-failure.ts'
import { checkPreconditions, type GcsModel, preconditionsOf } from './gcs-model.ts'
import { relatedParts } from './multipart-related.ts'
import { checkObjectName, type DeclaredObject, declaredObject, type GcsObject } from './object-resource.ts'
import { type UploadSession, type UploadSessions, uploadRange } from './upload-sessions.ts'

export interface UploadRoutesOptions {
  readonly model: GcsModel
  readonly sessions: UploadSessions
  readonly keepBytes: boolean
  /** The resource of an object as the caller sees it. */
  readonly resource: (object: GcsObject, request: Request) => Record<string, unknown>
}

/** Everything under `/upload/storage/v1`: simple, multipart and resumable uploads. */
export function uploadRoutes({ model, sessions, keepBytes, resource }: UploadRoutesOptions): Hono {
  const routes = new Hono()

  routes.post('/b/:bucket/o', async (c) => {
    const query = new URL(c.req.url).searchParams
    model.bucket(c.req.param('bucket'))
    const uploadType = query.get('uploadType')
    if (uploadType === 'resumable') return startSession(c, query)
    if (uploadType === 'multipart') return multipart(c, query)
    if (uploadType === 'media') {
      const declared = withContentType(declaredObject(''), c.req.header('content-type'))
      return c.json(resource(await store(c, query, declared, bodyOf(c.req.raw)), c.req.raw))
    }
    throw invalid(`Invalid value for uploadType: ${uploadType}`)
  })

  routes.put('/b/:bucket/o', async (c) => {
    const session = sessions.find(new URL(c.req.url).searchParams.get('upload_id') ?? '')
    if (session.outcome === null) await continueSession(session, c.req.raw)
    if (session.outcome instanceof GcsFailure) throw session.outcome
    if (session.outcome !== null) return c.json(resource(session.outcome, c.req.raw))
    // Without a Range header nothing is held. A Location header here would make clients follow it.
    const held: Record<string, string> = session.persisted === 0 ? {} : { range: `bytes=0-${session.persisted - 1}` }
    // Clients whose HTTP library would follow a 308 ask for another status.
    if (c.req.header('x-guploader-no-308') !== 'yes') return c.body(null, 308, held)
    return c.body(null, 200, { ...held, 'x-http-status-code-override': '308' })
  })

  routes.delete('/b/:bucket/o', (c) => {
    sessions.find(new URL(c.req.url).searchParams.get('upload_id') ?? '').cancelled = true
    return new Response(null, { status: 499 })
  })

  return routes

  async function startSession(c: Context, query: URLSearchParams): Promise<Response> {
    const declared = withContentType(declaredObject(await c.req.text()), c.req.header('x-upload-content-type'))
    const target = { bucket: c.req.param('bucket')!, name: nameOf(query, declared) }
    const preconditions = preconditionsOf(query)
    checkPreconditions(preconditions, model.bucket(target.bucket).get(target.name))
    const size = c.req.header('x-upload-content-length')
    const declaredSize = size === undefined ? null : Number(size)
    const location = new URL(c.req.url)
    location.searchParams.set(
      'upload_id',
      sessions.open({ ...target, declared, preconditions, declaredSize, keepBytes }),
    )
    return c.body(null, 200, { location: location.href })
  }

  async function multipart(c: Context, query: URLSearchParams): Promise<Response> {
    const parts = await relatedParts(c.req.header('content-type') ?? '', bodyOf(c.req.raw))
    const declared = withContentType(declaredObject(parts.metadata), parts.contentType)
    return c.json(resource(await store(c, query, declared, parts.content), c.req.raw))
  }

  async function store(
    c: Context,
    query: URLSearchParams,
    declared: DeclaredObject,
    content: AsyncIterable<Uint8Array>,
  ): Promise<GcsObject> {
    const hash = new ContentHash(keepBytes)
    for await (const bytes of content) hash.update(bytes)
    return model.put(c.req.param('bucket')!, nameOf(query, declared), declared, hash.digest(), preconditionsOf(query))
  }

  async function continueSession(session: UploadSession, request: Request): Promise<void> {
    const content = await session.receive(uploadRange(request.headers.get('content-range')), bodyOf(request))
    if (content === null) return
    const { bucket, name, declared, preconditions } = session.start
    try {
      session.outcome = model.put(bucket, name, declared, content, preconditions)
    } catch (error) {
      if (!(error instanceof GcsFailure)) throw error
      session.outcome = error
    }
  }
}

function nameOf(query: URLSearchParams, declared: DeclaredObject): string {
  const name = query.get('name') ?? declared.name
  if (!name) throw new GcsFailure(400, 'required', 'Required parameter: name')
  checkObjectName(name)
  if (declared.name !== undefined && declared.name !== name) {
    throw invalid(`The object name in the query ("${name}") and in the metadata ("${declared.name}") differ.`)
  }
  return name
}

function withContentType(declared: DeclaredObject, contentType = 'application/octet-stream'): DeclaredObject {
  return { ...declared, fields: { contentType, ...declared.fields } }
}

async function* bodyOf(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body !== null) yield* request.body
}
