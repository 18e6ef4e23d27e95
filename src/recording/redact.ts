import type { HarHeader } from './har.ts'
import { base64Spellings, plainSpellings } from './secret-spellings.ts'

/**
 * Takes secrets out of what is about to be written, or compared with something that was. Both sides go through the same
 * function, so a redacted recording still matches live traffic. Redacting twice changes nothing.
 */
export interface Redactor {
  headers(headers: Iterable<readonly [name: string, value: string]>): HarHeader[]
  url(url: string): string
  /** The pairs of a query string, without the secrets in it. */
  query(pairs: Iterable<readonly [name: string, value: string]>): HarHeader[]
  /**
   * JSON, forms, socket frames, log lines: any text. Everything but the secrets stays as it was. `path` is that of the
   * address whose body or socket message the text is; a redactor that knows what belongs there takes out the rest.
   */
  text(text: string, path?: string): string
}

/** `known`: secrets of this run by name (`COMFYUI_TOKEN`, …); they are taken out wherever they occur. */
export function createRedactor(known: Readonly<Record<string, string | null | undefined>> = {}): Redactor {
  const values = Object.entries(known).flatMap(([name, value]) =>
    spellings(value ?? '').map((text) => [name, text] as const),
  )
  const withoutKnown = (text: string) =>
    values.reduce((left, [name, value]) => left.replaceAll(value, () => placeholder(name)), text)
  const text = (input: string) => {
    const left = withoutKnown(input)
    return signs.test(left) ? withoutPatterns(left) : left
  }
  return {
    text,
    url: text,
    query: (pairs) =>
      Array.from(pairs, ([name, value]) => ({ name, value: text(`${name}=${value}`).slice(name.length + 1) })),
    headers: (headers) =>
      Array.from(headers, ([name, value]) => ({
        name,
        value: secretHeader.test(name) ? placeholder(name) : text(value),
      })),
  }
}

/** What stands in a recording where a secret was: `{{secret:comfyui_token}}`. */
export function placeholder(name: string): string {
  return `{{secret:${name.toLowerCase()}}}`
}

const secretHeader = /authorization|cookie|token|secret|api-?key|passw|credential|signature|(?<!websocket)-key$|^key$/i

const secretKey =
  '(?:(?:access|refresh|id|auth|session|hf|bearer)[_-]?)?token(?:[_-]comfy[_-]org)?|assertion|(?:client[_-]?)?secret|private[_-]?key' +
  '|(?:x[_-])?api[_-]?key(?:[_-]comfy[_-]org)?|passw(?:or)?d|upload[_-]?id|authorization|(?:x-goog-)?(?:signature|credential)'

const jsonMember = new RegExp(`"(${secretKey})"(\\s*:\\s*)"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"`, 'gi')
// The same inside a JSON string, where each quote carries backslashes. Without a clear end everything after it goes.
const nestedMember = new RegExp(`(\\\\+)"(${secretKey})\\1"(\\s*:\\s*)\\1"[\\s\\S]*?(?:(?<!\\\\)\\1"|$)`, 'gi')
const formField = new RegExp(`((?:^|[?&])(${secretKey}|key)=)([^&\\s"'\\\\]+)`, 'gi')
const shapes: ReadonlyArray<readonly [RegExp, string]> = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, 'private_key'],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, 'jwt'],
  [/\b(?:ya29\.|AIza|rpa_|hf_|sk-)[\w.-]{12,}/g, 'key'],
  [/(?<=\b(?:Bearer|Basic)\s+)[\w.~+/=-]{8,}/gi, 'authorization'],
]
// Most text has none of these in it, and looking for words is far cheaper than matching patterns.
const signs = new RegExp(
  'token|assertion|secret|passw|upload[_-]?id|authorization|signature|credential|api[_-]?key|private' +
    '|key=|eyj|ya29\\.|aiza|rpa_|hf_|sk-|bearer|basic',
  'i',
)

function withoutPatterns(text: string): string {
  const members = text
    .replace(jsonMember, (_, key, colon) => `"${key}"${colon}"${placeholder(key)}"`)
    .replace(
      nestedMember,
      (_, slash, key, colon) => `${slash}"${key}${slash}"${colon}${slash}"${placeholder(key)}${slash}"`,
    )
    .replace(formField, (_, start, key) => `${start}${placeholder(key)}`)
  return shapes.reduce((left, [shape, name]) => left.replace(shape, placeholder(name)), members)
}

/** Short values would match everywhere. */
function spellings(value: string): string[] {
  return value.length < 6 ? [] : [...plainSpellings(value), ...base64Spellings(value)]
}
