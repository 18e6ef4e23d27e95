import { ContentHash } from './content-hash.ts'
import { GcsFailure, NotSimulated } from './gcs-failure.ts'
import type { GcsParts } from './gcs-handlers.ts'
import { mediaAnswer } from './media-answer.ts'
import { checkObjectName, type GcsObject } from './object-resource.ts'
import { checkPreconditions } from './preconditions.ts'
import { bodyOf, withHashHeader } from './request-checksums.ts'
import { answerHeaders, signedFields, signedRequest } from './signed-request.ts'

/** Whether a request carries its right in its URL, by Google's signature of version 4 or 2. */
export function isSigned(url: URL): boolean {
  return url.searchParams.has('X-Goog-Signature') || url.searchParams.has('Signature')
}

/**
 * The object of a signed URL, read, written or deleted as the XML API does it. The time is checked, and that the signed headers are
 * there; the signature cannot be, as its key is Google's. https://cloud.google.com/storage/docs/access-control/signed-urls
 */
export async function signedAnswer({ model, clock, keepBytes }: GcsParts, request: Request): Promise<Response> {
  try {
    return await answer()
  } catch (error) {
    if (!(error instanceof GcsFailure) || error instanceof NotSimulated) throw error
    return xmlRefusal(error)
  }

  async function answer(): Promise<Response> {
    const { bucket, name, generation, when } = signedRequest(request, clock)
    if (request.method === 'PUT') {
      checkObjectName(name)
      model.bucket(bucket)
      const said = { fields: signedFields(request.headers), crc32c: undefined, md5Hash: undefined }
      const declared = withHashHeader(said, request.headers)
      const hash = new ContentHash(keepBytes)
      for await (const bytes of bodyOf(request)) hash.update(bytes)
      return new Response(null, { headers: storedHeaders(model.put(bucket, name, declared, hash.digest(), when)) })
    }
    const object = model.get(bucket, name, generation)
    checkPreconditions(when, object)
    if (request.method !== 'DELETE') return asked(mediaAnswer(object, request), new URL(request.url).searchParams)
    model.delete(object, generation !== null)
    return new Response(null, { status: 204 })
  }
}

function storedHeaders(object: GcsObject): Record<string, string> {
  const { generation, metageneration, crc32c, md5Hash, size } = object
  return {
    'x-goog-generation': generation,
    'x-goog-metageneration': String(metageneration),
    'x-goog-stored-content-length': String(size),
    'x-goog-hash': `crc32c=${crc32c},md5=${md5Hash}`,
  }
}

function asked(response: Response, query: URLSearchParams): Response {
  for (const [parameter, header] of Object.entries(answerHeaders)) {
    const value = query.get(parameter)
    if (value !== null) response.headers.set(header, value)
  }
  return response
}

const CODES: Readonly<Record<number, string>> = { 404: 'NoSuchKey', 412: 'PreconditionFailed', 416: 'InvalidRange' }

function xmlRefusal({ status, reason, message }: GcsFailure): Response {
  if (status === 304) return new Response(null, { status })
  const code = CODES[status] ?? (reason === 'invalid' ? 'InvalidArgument' : reason)
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const xml = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${text}</Message></Error>`
  return new Response(xml, { status, headers: { 'content-type': 'application/xml; charset=UTF-8' } })
}
