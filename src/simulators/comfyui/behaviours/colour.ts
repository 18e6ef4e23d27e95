import type { Colour } from '../../media/byte-source.ts'

/** A colour that follows from texts and numbers: other prompts and seeds give other colours. */
export function colourOf(...parts: readonly (string | number | bigint)[]): Colour {
  // FNV-1a: short, and neighbouring seeds end up far apart.
  let hash = 0x811c9dc5
  for (const char of parts.join('\0')) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  // Not darker than a quarter, so that a missing frame (black) is told from a real one.
  return ((hash >>> 8) & 0xffffff) | 0x404040
}
