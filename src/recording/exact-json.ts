/**
 * JSON handled as text, so that what a client or server wrote stays what it was: integers beyond 2^53, `1.0`,
 * escapes, and the order of keys such as `"12"` (JSON.parse moves those to the front).
 */

/** The same JSON, indented by two spaces a level. The text must be valid JSON. */
export function prettyJson(text: string, indent = ''): string {
  let out = ''
  let margin = indent
  let empty = false
  for (const token of tokensOf(text)) {
    if (token === '}' || token === ']') {
      margin = margin.slice(2)
      out += empty ? token : `\n${margin}${token}`
      empty = false
      continue
    }
    if (empty) out += `\n${margin}`
    empty = token === '{' || token === '['
    if (empty) margin += '  '
    if (token === ',') out += `,\n${margin}`
    else out += token === ':' ? ': ' : token
  }
  return out
}

/** The members of a JSON object, each as the text it was written in; null when `text` is not a JSON object. */
export function rawMembers(text: string): Map<string, string> | null {
  return isJson(text) && /^\s*\{/.test(text) ? membersOf(text) : null
}

/** The same of a text that is known to be a JSON object: a tenth of the time that reading it would take. */
export function membersOf(text: string): Map<string, string> {
  const members = new Map<string, string>()
  const keyOrEnd = /["}]/g
  const value = /[^\s:]/g
  keyOrEnd.lastIndex = text.indexOf('{')
  for (let found = keyOrEnd.exec(text); found?.[0] === '"'; found = keyOrEnd.exec(text)) {
    const keyEnd = endOfValue(text, found.index)
    value.lastIndex = keyEnd
    const start = value.exec(text)?.index ?? text.length
    const end = endOfValue(text, start)
    members.set(JSON.parse(text.slice(found.index, keyEnd)), text.slice(start, end))
    keyOrEnd.lastIndex = end
  }
  return members
}

/** Where the value ends that begins at `start`. */
function endOfValue(text: string, start: number): number {
  const scalarEnd = /[\s,}\]]|$/g
  const mark = /["{}[\]]/g
  mark.lastIndex = start
  scalarEnd.lastIndex = start
  if (!'"{['.includes(text[start]!)) return scalarEnd.exec(text)!.index
  let depth = 0
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    if (found[0] === '"') mark.lastIndex = endOfString(text, found.index)
    else depth += found[0] === '{' || found[0] === '[' ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
  return text.length
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text[end - 1 - slashes] === '\\') slashes += 1
    if (slashes % 2 === 0) return end + 1
  }
  return text.length
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The value of a body; null for what is no JSON. Integers beyond 2^53 lose their last digits. */
export function jsonOrNull(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString())
  } catch {
    return null
  }
}

function* tokensOf(text: string): Generator<string> {
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g)) yield token
}
