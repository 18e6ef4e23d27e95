import { plainPath } from '../../../recording/comfyui-knowledge.ts'
import type { LoadedEntry } from '../../../recording/loaded-entry.ts'
import { boundaryOf } from '../../../recording/redact-multipart.ts'

/**
 * A request to compare with others. `$.path[1]`, `$.query.folder`, `$.body.name[0]` lead to the value there, as JSON
 * unless it is a string.
 */
export type RequestParts = ReadonlyMap<string, string>

/** The parts of a request, which can still be read afterwards. */
export async function partsOfRequest(request: Request): Promise<RequestParts> {
  const body = Buffer.from(await request.clone().arrayBuffer())
  return partsOf(new URL(request.url), body, request.headers.get('content-type') ?? '')
}

/** The parts of a recorded request. */
export function partsOfEntry({ url, requestBody, requestHeaders }: LoadedEntry): RequestParts {
  return partsOf(url, Buffer.from(requestBody()), requestHeaders.get('content-type') ?? '')
}

/** Each place where two requests differ, with both values; percent-encoded, for it travels in a header. */
export function differences(recorded: RequestParts, asked: RequestParts): string[] {
  const said = (value: string | undefined) =>
    value === undefined ? 'nothing' : `"${encodeURI(value.slice(0, 80).toWellFormed())}"`
  return [...new Set([...recorded.keys(), ...asked.keys()])]
    .filter(
      (place) => recorded.get(place) !== asked.get(place) && !(asked.has(place) && isTakenOut(recorded.get(place))),
    )
    .map(
      (place) =>
        `${encodeURI(place.toWellFormed()).replaceAll('%5B', '[').replaceAll('%5D', ']')} (${said(recorded.get(place))}, not ${said(asked.get(place))})`,
    )
}

/** Of a multipart body the boundary does not count. */
function partsOf(url: URL, body: Buffer, type: string): RequestParts {
  const path = plainPath(url).split('/').slice(1)
  const parts = new Map([
    ...path.map((part, index) => [`$.path[${index}]`, decoded(part)] as const),
    ...Array.from(url.searchParams, ([name, value]) => [`$.query.${name}`, value] as const),
  ])
  const boundary = boundaryOf(type)
  const text = boundary === null ? body.toString() : body.toString('latin1').replaceAll(boundary, '')
  if (text !== '') addParts(parts, '$.body', jsonOr(text))
  return parts
}

function addParts(parts: Map<string, string>, at: string, value: unknown): void {
  if (typeof value !== 'object' || value === null)
    parts.set(at, typeof value === 'string' ? value : JSON.stringify(value))
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) addParts(parts, `${at}[${index}]`, item)
  else for (const [key, item] of Object.entries(value)) addParts(parts, `${at}.${key}`, item)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What the recording does not tell, for it was secret. */
function isTakenOut(value = ''): boolean {
  return /\{\{(?:secret|redacted):/.test(value)
}
