/** How a secret can stand in text: as it is, in JSON (all characters, or ASCII only), and percent-encoded by different rules. */
export function plainSpellings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1)
  const ascii = json.replaceAll(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const percent = encoded(value)
  // As Python's quote and RFC 3986 have it.
  const strict = percent.replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const encodings = [percent, strict].flatMap((each) => [each, each.replaceAll('%20', '+')])
  const lower = encodings.map((each) => each.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))
  return [...new Set([value, json, ascii, ...encodings, ...lower])]
}

/**
 * How a secret can stand in base64, standard and URL-safe, wherever in a group of three bytes it begins. Too short a secret has no
 * such spelling: it would be found in innocent text.
 */
export function base64Spellings(value: string): string[] {
  const bytes = Buffer.from(value)
  if (bytes.length < SHORTEST_ENCODED) return []
  const standard = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    // Characters that share bits with what stands before and after it.
    const end = [0, 3, 2][(bytes.length + offset) % 3] ?? 0
    return text.slice([0, 2, 3][offset], text.length - end)
  })
  const urlSafe = standard.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))
  return [...new Set([...standard, ...urlSafe])]
}

const SHORTEST_ENCODED = 8

function encoded(value: string): string {
  // A lone surrogate cannot be encoded.
  return encodeURIComponent(value.toWellFormed())
}
