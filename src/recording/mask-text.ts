/**
 * Takes secrets out of the text in a media file, in place and without moving a byte: what is left of a text is filled up with
 * spaces, or cut. Tells whether there were any.
 */
export function maskText(bytes: Buffer, redact: (text: string) => string): boolean {
  let isChanged = false
  for (const { 0: seen, index } of bytes.toString('latin1').matchAll(readable)) {
    const left = redact(seen)
    if (left === seen) continue
    bytes.write(left.padEnd(seen.length).slice(0, seen.length), index, 'latin1')
    isChanged = true
  }
  return isChanged
}

const readable = /[\t\n\r\x20-\x7e]{16,}/g
