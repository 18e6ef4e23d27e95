import { invalid } from './gcs-failure.ts'
import type { GcsObject } from './gcs-model.ts'

export interface ObjectPage {
  readonly objects: readonly GcsObject[]
  readonly prefixes: readonly string[]
  readonly nextPageToken: string | null
}

/**
 * One page of a listing: names in the order of their UTF-8 bytes, those with `delimiter` after the prefix folded into
 * prefixes; both count towards `maxResults` (1000 at most, as the service has it).
 */
export function listObjects(objects: Iterable<GcsObject>, query: URLSearchParams): ObjectPage {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const limit = Math.min(positive(query.get('maxResults') ?? '1000'), 1000)
  const after = query.get('pageToken')
  const rows = new Map<string, GcsObject | null>()
  for (const object of [...objects].toSorted((a, b) => byBytes(a.name, b.name))) {
    if (!object.name.startsWith(prefix)) continue
    const cut = delimiter === '' ? -1 : object.name.indexOf(delimiter, prefix.length)
    if (cut < 0) rows.set(object.name, object)
    else rows.set(object.name.slice(0, cut + delimiter.length), null)
  }
  const rest = [...rows].filter(([key]) => after === null || byBytes(key, decodeToken(after)) > 0)
  const page = rest.slice(0, limit)
  return {
    objects: page.flatMap(([, object]) => (object === null ? [] : [object])),
    prefixes: page.flatMap(([key, object]) => (object === null ? [key] : [])),
    nextPageToken: rest.length > limit ? Buffer.from(page.at(-1)![0]).toString('base64') : null,
  }
}

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw invalid(`Invalid value for maxResults: ${text}`)
  return Number(text)
}

function decodeToken(token: string): string {
  return Buffer.from(token, 'base64').toString('utf8')
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
