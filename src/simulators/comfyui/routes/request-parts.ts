import { isUtf8 } from 'node:buffer'
import { plainPath } from '../../../recording/comfyui-knowledge.ts'
import type { LoadedEntry } from '../../../recording/loaded-entry.ts'
import { formParts } from './aiohttp.ts'

/**
 * A request to compare with others. `$.path[1]`, `$.query.folder`, `$.body.name[0]` lead to the value there, as JSON
 * unless it is a string.
 */
export type RequestParts = ReadonlyMap<string, string>

/** The parts of a request with its body. */
export function partsOfRequest({ url, headers }: Request, body: Uint8Array): RequestParts {
  return partsOf(new URL(url), Buffer.from(body), headers.get('content-type') ?? '')
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

/** Of a form its fields count, however they were written. */
function partsOf(url: URL, body: Buffer, type: string): RequestParts {
  const path = plainPath(url).split('/').slice(1)
  const parts = new Map<string, string>([
    ...path.map((part, index) => [`$.path[${index}]`, decoded(part)] as const),
    ...Array.from(url.searchParams, ([name, value]) => [`$.query.${name}`, value] as const),
  ])
  const fields = fieldsOf(type, body)
  for (const [name, value] of fields ?? []) parts.set(`$.body.${name}`, value)
  if (fields === null && body.length > 0) addParts(parts, '$.body', jsonOr(body.toString()))
  return parts
}

/** null: it is no form, or none that can be read. */
function fieldsOf(type: string, body: Buffer): Array<readonly [name: string, value: string]> | null {
  try {
    const form = formParts(type, body)
    if (form.length === 0) return null
    const seen = new Map<string, number>()
    return form.flatMap(({ name, filename, bytes }) => {
      const before = seen.get(name) ?? 0
      seen.set(name, before + 1)
      const place = before === 0 ? name : `${name}[${before}]`
      const value = isUtf8(bytes) ? Buffer.from(bytes).toString() : Buffer.from(bytes).toString('latin1')
      return [[place, value] as const, ...(filename === null ? [] : [[`${place}.filename`, filename] as const])]
    })
  } catch {
    return null
  }
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
