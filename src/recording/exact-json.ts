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
  if (!isJson(text) || !/^\s*\{/.test(text)) return null
  const members = new Map<string, string>()
  let depth = 0
  let key: string | null = null
  let value = ''
  for (const token of tokensOf(text)) {
    if (token === '}' || token === ']') depth -= 1
    const between = (depth === 1 && token === ',') || depth === 0
    if (between) {
      if (key !== null) members.set(key, value)
      key = null
      value = ''
    } else if (key === null) key = JSON.parse(token) as string
    else if (depth > 1 || token !== ':' || value !== '') value += token
    if (token === '{' || token === '[') depth += 1
  }
  return members
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function* tokensOf(text: string): Generator<string> {
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g)) yield token
}
