import type { Context } from 'hono'
import { ContentHash } from './content-hash.ts'
import { GcsFailure, invalid, invalidParameter, NotSimulated, required } from './gcs-failure.ts'
import type { GcsHandlers, GcsParts } from './gcs-handlers.ts'
import { relatedParts } from './multipart-related.ts'
import { checkObjectName, type DeclaredObject, declaredObject, type GcsObject } from './object-resource.ts'
import { checkPreconditions, preconditionsOf, refuseEtags } from './preconditions.ts'
import { bodyOf, WrongBody, withHashHeader } from './request-checksums.ts'
import { type UploadSession, type UploadSessions, uploadRange } from './upload-sessions.ts'

type UploadCall = 'objects.insert' | 'upload session: send or ask' | 'upload session: cancel'

/** Simple, multipart and resumable uploads. */
export function uploadRoutes(
  { model, keepBytes, resource }: GcsParts,
  sessions: UploadSessions,
): GcsHandlers<UploadCall> {
  return {
    async 'objects.insert'(c) {
      refuseEtags(c.req.raw)
      const query = new URL(c.req.url).searchParams
      // A session can be talked to by POST as well.
      if (query.has('upload_id')) return talk(c)
      model.bucket(c.req.param('bucket')!)
      const uploadType = query.get('uploadType')
      if (uploadType === null) throw required('uploadType')
      if (query.has('predefinedAcl')) throw invalid(NO_ACL)
      if (c.req.header('content-encoding'))
        throw new NotSimulated('a request in another encoding', 'contentEncoding=gzip')
      if (uploadType === 'resumable') return startSession(c, query)
      if (uploadType === 'multipart') return multipart(c, query)
      if (uploadType === 'media') {
        const declared = withContentType(declaredObject(''), c.req.header('content-type'))
        return c.json(resource(await store(c, query, declared, bodyOf(c.req.raw)), c.req.raw))
      }
      throw invalidParameter('uploadType', `Invalid value for uploadType: ${uploadType}`)
    },

    'upload session: send or ask': talk,

    'upload session: cancel'(c) {
      find(c).cancelled = true
      return new Response(null, { status: 499 })
    },
  }

  function find(c: Context): UploadSession {
    const id = c.req.query('upload_id')
    if (!id) throw required('upload_id')
    return sessions.find(id)
  }

  async function talk(c: Context): Promise<Response> {
    const session = find(c)
    if (session.outcome === null) await continueSession(session, c.req.raw)
    if (session.outcome instanceof GcsFailure) throw session.outcome
    if (session.outcome !== null) return c.json(resource(session.outcome, c.req.raw))
    // Without a Range header nothing is held. A Location header here would make clients follow it.
    const held: Record<string, string> = session.persisted === 0 ? {} : { range: `bytes=0-${session.persisted - 1}` }
    // Clients whose HTTP library would follow a 308 ask for another status.
    if (c.req.header('x-guploader-no-308') !== 'yes') return c.body(null, 308, held)
    return c.body(null, 200, { ...held, 'x-http-status-code-override': '308' })
  }

  async function startSession(c: Context, query: URLSearchParams): Promise<Response> {
    const said = withContentType(declaredObject(await c.req.text()), c.req.header('x-upload-content-type'))
    const declared = withHashHeader(encoded(said, query), c.req.raw.headers)
    const target = { bucket: c.req.param('bucket')!, name: nameOf(query, declared) }
    const preconditions = preconditionsOf(query)
    checkPreconditions(preconditions, model.bucket(target.bucket).objects.get(target.name))
    const declaredSize = sizeOf(c.req.header('x-upload-content-length'))
    const location = new URL(c.req.url)
    location.searchParams.set(
      'upload_id',
      sessions.open({ ...target, declared, preconditions, declaredSize, keepBytes }),
    )
    return c.body(null, 200, { location: location.href })
  }

  async function multipart(c: Context, query: URLSearchParams): Promise<Response> {
    const parts = await relatedParts(c.req.header('content-type') ?? '', bodyOf(c.req.raw))
    const said = withContentType(declaredObject(parts.metadata), parts.contentType)
    const declared = { ...said, md5Hash: said.md5Hash ?? parts.contentMd5 }
    return c.json(resource(await store(c, query, declared, parts.content), c.req.raw))
  }

  async function store(
    c: Context,
    query: URLSearchParams,
    declared: DeclaredObject,
    content: AsyncIterable<Uint8Array>,
  ): Promise<GcsObject> {
    const name = nameOf(query, declared)
    const preconditions = preconditionsOf(query)
    const full = withHashHeader(encoded(declared, query), c.req.raw.headers)
    const hash = new ContentHash(keepBytes)
    for await (const bytes of content) hash.update(bytes)
    return model.put(c.req.param('bucket')!, name, full, hash.digest(), preconditions)
  }

  async function continueSession(session: UploadSession, request: Request): Promise<void> {
    const range = uploadRange(request.headers.get('content-range'))
    const { bucket, name, preconditions } = session.start
    const declared = withHashHeader(session.start.declared, request.headers)
    try {
      const content = await session.receive(range, bodyOf(request))
      if (content !== null) session.outcome = stored(() => model.put(bucket, name, declared, content, preconditions))
    } catch (error) {
      // Any other refusal leaves the session as it was.
      if (!(error instanceof WrongBody)) throw error
      session.outcome = error
    }
  }
}

/** The object, or the refusal with which an upload ends. */
function stored(put: () => GcsObject): GcsObject | GcsFailure {
  try {
    return put()
  } catch (error) {
    if (error instanceof GcsFailure) return error
    throw error
  }
}

function nameOf(query: URLSearchParams, declared: DeclaredObject): string {
  const name = query.get('name') ?? declared.name
  if (!name) throw required('name')
  checkObjectName(name)
  if (declared.name !== undefined && declared.name !== name) {
    throw invalid(`The object name in the query ("${name}") and in the metadata ("${declared.name}") differ.`)
  }
  return name
}

function withContentType(declared: DeclaredObject, contentType = 'application/octet-stream'): DeclaredObject {
  return { ...declared, fields: { contentType, ...declared.fields } }
}

/** `contentEncoding` of the query goes before what the metadata says. */
function encoded(declared: DeclaredObject, query: URLSearchParams): DeclaredObject {
  const contentEncoding = query.get('contentEncoding')
  return contentEncoding ? { ...declared, fields: { ...declared.fields, contentEncoding } } : declared
}

function sizeOf(header: string | undefined): number | null {
  if (header === undefined) return null
  if (!/^\d{1,15}$/.test(header)) throw invalid(`Invalid X-Upload-Content-Length header: ${header}`)
  return Number(header)
}

/** Every bucket here has uniform bucket-level access. */
const NO_ACL =
  'Cannot insert legacy ACL for an object when uniform bucket-level access is enabled. Read more at https://cloud.google.com/storage/docs/uniform-bucket-level-access'
