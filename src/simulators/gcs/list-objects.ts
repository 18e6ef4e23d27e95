import { invalid, invalidParameter } from './gcs-failure.ts'
import type { GcsBucket } from './gcs-model.ts'
import { nameGlob } from './name-glob.ts'
import type { GcsObject } from './object-resource.ts'

/** What `objects.list` answers of a bucket. */
export interface ObjectPage {
  readonly objects: readonly GcsObject[]
  readonly prefixes: readonly string[]
  readonly nextPageToken: string | null
}

/**
 * One page of a listing: names in the order of their UTF-8 bytes, those with `delimiter` after the prefix folded into
 * prefixes; both count towards `maxResults` (1000 at most, as the service has it).
 * https://cloud.google.com/storage/docs/json_api/v1/objects/list
 */
export function listObjects(bucket: GcsBucket, query: URLSearchParams): ObjectPage {
  const rows = new Map<string, string | GcsObject>()
  const isShown = matcher(query)
  const fold = folder(query)
  for (const object of listed(bucket, query)) {
    const { prefix, isObjectToo } = fold(object.name)
    if (prefix !== null && isShown(prefix)) rows.set(prefix, prefix)
    // A character that ends no name keeps versions in order, and an object apart from a prefix of the same name.
    const key = `${object.name}\0${query.get('versions') === 'true' ? object.generation : ''}`
    if (isObjectToo && isShown(object.name)) rows.set(key, object)
  }
  const sorted = [...rows].toSorted(([a], [b]) => byBytes(a, b))
  const { page, nextPageToken } = pageOf(sorted, query)
  return {
    objects: page.flatMap(([, row]) => (typeof row === 'string' ? [] : [row])),
    prefixes: page.flatMap(([, row]) => (typeof row === 'string' ? [row] : [])),
    nextPageToken,
  }
}

/** The part of sorted rows that `pageToken` and `maxResults` ask for. Throws 400. */
export function pageOf<Row>(
  sorted: readonly (readonly [string, Row])[],
  query: URLSearchParams,
): { page: readonly (readonly [string, Row])[]; nextPageToken: string | null } {
  const limit = Math.min(positive(query.get('maxResults') ?? '1000'), 1000)
  const after = query.get('pageToken')
  const rest = sorted.filter(([key]) => after === null || byBytes(key, decodeToken(after)) > 0)
  const page = rest.slice(0, limit)
  return { page, nextPageToken: rest.length > limit ? Buffer.from(page.at(-1)![0]).toString('base64') : null }
}

/** The objects that parameters about names let through, with earlier versions where they are asked for. */
function listed({ objects, earlier }: GcsBucket, query: URLSearchParams): GcsObject[] {
  const prefix = query.get('prefix') ?? ''
  const start = query.get('startOffset') ?? ''
  const end = query.get('endOffset') ?? ''
  return [...(query.get('versions') === 'true' ? earlier : []), ...objects.values()].filter(
    ({ name }) => name.startsWith(prefix) && byBytes(name, start) >= 0 && (end === '' || byBytes(name, end) < 0),
  )
}

function matcher(query: URLSearchParams): (name: string) => boolean {
  const glob = query.get('matchGlob')
  const delimiter = query.get('delimiter')
  if (glob === null) return () => true
  if (delimiter && delimiter !== '/') throw invalid('With matchGlob the delimiter can only be "/".')
  return nameGlob(glob)
}

/** Under which prefix a name is shown, and whether as an object. */
function folder(query: URLSearchParams): (name: string) => { prefix: string | null; isObjectToo: boolean } {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const withTrailing = query.get('includeTrailingDelimiter') === 'true'
  return (name) => {
    const cut = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length)
    if (cut < 0) return { prefix: null, isObjectToo: true }
    const end = cut + delimiter.length
    return { prefix: name.slice(0, end), isObjectToo: withTrailing && end === name.length }
  }
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw invalidParameter('maxResults', `Invalid value for maxResults: ${text}`)
  return Number(text)
}

function decodeToken(token: string): string {
  return Buffer.from(token, 'base64').toString('utf8')
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
