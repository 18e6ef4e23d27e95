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

/** The same JSON on one line, as Python writes it. */
export function inlineJson(text: string): string {
  let out = ''
  for (const token of tokensOf(text)) out += token === ',' || token === ':' ? `${token} ` : token
  return out
}

/** The members of a JSON object, each as the text it was written in; null when `text` is not a JSON object. */
export function rawMembers(text: string): Map<string, string> | null {
  return isJson(text) ? membersOf(text) : null
}

/**
 * The same without checking the values, in half the time. Null for a text that is cut off; in one that is broken in
 * between, a value may not be JSON either.
 */
export function membersOf(text: string): Map<string, string> | null {
  const members = new Map<string, string>()
  const keyOrEnd = /["}]/g
  const value = /[^\s:]/g
  keyOrEnd.lastIndex = /^\s*\{/.exec(text)?.[0].length ?? text.length
  for (let found = keyOrEnd.exec(text); found; found = keyOrEnd.exec(text)) {
    if (found[0] === '}') return members
    const keyEnd = endOfString(text, found.index)
    value.lastIndex = keyEnd
    const start = value.exec(text)?.index ?? text.length
    const end = endOfValue(text, start)
    const key = jsonOrNull(text.slice(found.index, keyEnd))
    if (typeof key === 'string') members.set(key, text.slice(start, end))
    keyOrEnd.lastIndex = end
  }
  return null
}

/** Where the value of a JSON text ends that begins at `start`. Codes one by one: patterns would leave an object for each of 100,000 marks. */
export function endOfValue(text: string, start: number): number {
  const scalarEnd = /[\s,}\]]|$/g
  scalarEnd.lastIndex = start
  if (!'"{['.includes(text[start]!)) return scalarEnd.exec(text)!.index
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at) - 1
    else if (code === OBJECT || code === ARRAY) depth += 1
    else if (code === OBJECT_END || code === ARRAY_END) depth -= 1
    else continue
    if (depth === 0) return at + 1
  }
  return text.length
}

const [QUOTE, OBJECT, OBJECT_END, ARRAY, ARRAY_END] = Array.from('"{}[]', (mark) => mark.charCodeAt(0))

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text[end - 1 - slashes] === '\\') slashes += 1
    if (slashes % 2 === 0) return end + 1
  }
  return text.length
}

/** Whether a text is one JSON value. */
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
