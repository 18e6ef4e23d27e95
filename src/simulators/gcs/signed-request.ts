import type { Clock } from '../simulator.ts'
import { GcsFailure, NotSimulated } from './gcs-failure.ts'
import type { ObjectFields } from './object-resource.ts'
import { int64, type Preconditions } from './preconditions.ts'

/** What a signed URL can be for. */
export const signedMethods = ['GET', 'HEAD', 'PUT', 'DELETE'] as const

/** The same in words. */
export const signedKnown = `signed URLs of an object: ${signedMethods.join(', ')}`

/** What a signed request is about. Throws 400 for one that is late or not whole, 501 for what is not simulated. */
export interface SignedRequest {
  readonly bucket: string
  readonly name: string
  readonly generation: string | null
  readonly when: Preconditions
}

/** Reads and checks a request with a signature in its URL. */
export function signedRequest({ url: address, headers, method }: Request, clock: Clock): SignedRequest {
  const url = new URL(address)
  if (!signedMethods.includes(method as never)) throw new NotSimulated(`${method} of a signed URL`, signedKnown)
  checkQuery(url.searchParams)
  checkSignature(url.searchParams, headers, clock)
  return { ...addressOf(url), generation: url.searchParams.get('generation'), when: conditionsOf(headers) }
}

const V4 = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature'].map((part) => `X-Goog-${part}`)
const V2 = ['GoogleAccessId', 'Expires', 'Signature']
/** Parameters that change a header of the answer. */
export const answerHeaders = {
  'response-content-type': 'content-type',
  'response-content-disposition': 'content-disposition',
}

function checkQuery(query: URLSearchParams): void {
  const known = [...V4, ...V2, ...Object.keys(answerHeaders), 'generation', 'userProject']
  const other = [...query.keys()].find((name) => !known.includes(name))
  if (other !== undefined)
    throw new NotSimulated(`the parameter ${other} of a signed URL`, `${signedKnown}, with ${known.join(', ')}`)
}

function checkSignature(query: URLSearchParams, headers: Headers, clock: Clock): void {
  const isV4 = query.has('X-Goog-Signature')
  const missing = (isV4 ? V4 : V2).find((name) => !query.get(name))
  if (missing !== undefined) throw new GcsFailure(400, 'InvalidArgument', `Invalid argument: ${missing} is missing.`)
  const until = isV4 ? v4Until(query) : Number(query.get('Expires')) * 1000
  if (Number.isNaN(until)) throw new GcsFailure(400, 'InvalidArgument', 'Invalid argument: the time is none.')
  if (clock.now() > until) throw new GcsFailure(400, 'ExpiredToken', 'The provided token has expired.')
  const unsent = (query.get('X-Goog-SignedHeaders') ?? '')
    .split(';')
    .find((name) => name !== '' && !headers.has(name) && name !== 'host')
  if (unsent !== undefined) {
    throw new GcsFailure(400, 'MalformedSecurityHeader', `The header ${unsent} was signed, but is not in the request.`)
  }
}

/** Epoch milliseconds; NaN for what is no time, or more than a week. */
function v4Until(query: URLSearchParams): number {
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Goog-Date') ?? '')
  const seconds = Number(query.get('X-Goog-Expires'))
  if (date === null || !(seconds > 0 && seconds <= 604_800)) return Number.NaN
  const [year = 0, month = 1, ...rest] = date.slice(1).map(Number)
  return Date.UTC(year, month - 1, ...(rest as [number, number, number, number])) + seconds * 1000
}

/** `https://storage.googleapis.com/BUCKET/NAME`, or the bucket before the host. */
function addressOf({ hostname, pathname }: URL): { bucket: string; name: string } {
  const path = decodeURIComponent(pathname.slice(1))
  const inHost = /^(.+)\.storage\.googleapis\.com$/.exec(hostname)?.[1]
  const [bucket = '', ...names] = inHost === undefined ? path.split('/') : [inHost, path]
  const name = names.join('/')
  if (bucket === '' || name === '') throw new NotSimulated('a signed URL of a bucket', signedKnown)
  return { bucket, name }
}

function conditionsOf(headers: Headers): Preconditions {
  const of = (header: string) => {
    const value = headers.get(header)
    return value === null ? undefined : int64(header, value)
  }
  const [generation, metageneration] = [of('x-goog-if-generation-match'), of('x-goog-if-metageneration-match')]
  return {
    ...(generation !== undefined && { GenerationMatch: generation }),
    ...(metageneration !== undefined && { MetagenerationMatch: metageneration }),
  }
}

const HEADERS = [
  'x-goog-hash',
  'x-goog-if-generation-match',
  'x-goog-if-metageneration-match',
  'x-goog-content-sha256',
  'x-goog-api-client',
]

/** What the headers of an upload say of the object. */
export function signedFields(headers: Headers): ObjectFields {
  const metadata: Record<string, string> = {}
  for (const [name, value] of headers) {
    if (name.startsWith('x-goog-meta-')) metadata[name.slice('x-goog-meta-'.length)] = value
    else if (name.startsWith('x-goog-') && !HEADERS.includes(name))
      throw new NotSimulated(`the header ${name}`, HEADERS.join(', '))
  }
  const said = {
    contentType: headers.get('content-type') ?? 'application/octet-stream',
    contentEncoding: headers.get('content-encoding'),
    contentDisposition: headers.get('content-disposition'),
    contentLanguage: headers.get('content-language'),
    cacheControl: headers.get('cache-control'),
    metadata: Object.keys(metadata).length > 0 ? metadata : null,
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null)) as ObjectFields
}
