const letters = new Uint8Array(128)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-') {
  letters[character.charCodeAt(0)] = 1
}

/**
 * Whether a text has so many letters of base64 in a row. It looks only at each that such a run cannot pass over, so that of a text of
 * words nearly nothing is read.
 */
export function hasLongRun(text: string, length: number): boolean {
  for (let at = length - 1; at < text.length; at += length) {
    if (!isLetter(text, at)) continue
    let start = at
    while (start > 0 && at - start < length && isLetter(text, start - 1)) start -= 1
    let end = at + 1
    while (end < text.length && end - start < length && isLetter(text, end)) end += 1
    if (end - start >= length) return true
  }
  return false
}

function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code < 128 && letters[code] === 1
}
