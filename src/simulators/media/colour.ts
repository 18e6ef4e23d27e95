/** 0xRRGGBB */
export type Colour = number

/** A colour that follows from texts and numbers: other prompts and seeds give other colours. */
export function colourOf(...parts: readonly (string | number | bigint)[]): Colour {
  // FNV-1a: short, and neighbouring seeds end up far apart.
  let hash = 0x811c9dc5
  for (const char of parts.join('\0')) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  // Not darker than a quarter, so that a missing frame (black) is told from a real one.
  return ((hash >>> 8) & 0xffffff) | 0x404040
}

export interface YCbCr {
  readonly y: number
  readonly cb: number
  readonly cr: number
}

/** ITU-R BT.601 with video range (Y 16…235), as H.264 files say in their VUI here. */
export function videoRange(colour: Colour): YCbCr {
  const full = fullRange(colour)
  return {
    y: Math.round(16 + (full.y * 219) / 255),
    cb: Math.round(128 + ((full.cb - 128) * 224) / 255),
    cr: Math.round(128 + ((full.cr - 128) * 224) / 255),
  }
}

/** ITU-R BT.601 with full range, as JFIF has it. Not rounded. */
export function fullRange(colour: Colour): YCbCr {
  const [r, g, b] = channels(colour)
  const y = 0.299 * r + 0.587 * g + 0.114 * b
  return { y, cb: 128 + (b - y) / 1.772, cr: 128 + (r - y) / 1.402 }
}

/** Red, green and blue, 0…255 each. */
export function channels(colour: Colour): [r: number, g: number, b: number] {
  return [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255]
}
