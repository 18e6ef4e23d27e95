import { constants, inflateSync } from 'node:zlib'
import { type ByteSource, bytesOf } from './byte-source.ts'
import type { Colour } from './colour.ts'
import type { StillImage } from './png.ts'

/** What a picture is without decoding it. */
export interface ImageFacts extends StillImage {
  readonly alpha: boolean
}

/** Colour of a picture whose pixels are not looked at. */
export const UNKNOWN_COLOUR: Colour = 0x808080

const HEAD = 64 * 1024

/** Size of a PNG, JPEG or WebP from its header, and the colour of an 8-bit PNG's first pixel; null for anything else. */
export function readImage(source: ByteSource): ImageFacts | null {
  const head = Buffer.from(bytesOf(source, 0, HEAD))
  const letters = (start: number, end: number) => head.toString('latin1', start, end)
  if (letters(1, 4) === 'PNG' && head.length >= 33) return readPng(head)
  if (head.length > 4 && head.readUInt16BE() === 0xffd8) return readJpeg(Buffer.from(bytesOf(source)))
  if (letters(0, 4) === 'RIFF' && letters(8, 12) === 'WEBP' && head.length >= 30) return readWebp(head)
  return null
}

function readPng(head: Buffer): ImageFacts {
  const alpha = [4, 6].includes(head[25]!)
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20), colour: firstPixel(head), alpha }
}

/** The first pixel of the first row is the same under every filter: its neighbours count as zero. */
function firstPixel(head: Buffer): Colour {
  const depth = head[24]
  const trueColour = head[25] === 2 || head[25] === 6
  const at = head.indexOf('IDAT', 33, 'latin1') + 4
  if (depth !== 8 || !trueColour || at < 4) return UNKNOWN_COLOUR
  try {
    const pixels = inflateSync(head.subarray(at, at + 512), { finishFlush: constants.Z_SYNC_FLUSH })
    return pixels.length < 4 ? UNKNOWN_COLOUR : pixels.readUIntBE(1, 3)
  } catch {
    return UNKNOWN_COLOUR
  }
}

/** Walks the segments up to the frame header (SOF0…SOF15 without DHT, JPG and DAC). */
function readJpeg(bytes: Buffer): ImageFacts | null {
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1]!
    if (marker < 0xc0 || marker > 0xcf || [0xc4, 0xc8, 0xcc].includes(marker)) continue
    return {
      width: bytes.readUInt16BE(at + 7),
      height: bytes.readUInt16BE(at + 5),
      colour: UNKNOWN_COLOUR,
      alpha: false,
    }
  }
  return null
}

/** The first chunk is VP8X (canvas), VP8L (lossless) or VP8 (RFC 9649 and RFC 6386). */
function readWebp(head: Buffer): ImageFacts | null {
  const colour = UNKNOWN_COLOUR
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8X':
      return {
        width: head.readUIntLE(24, 3) + 1,
        height: head.readUIntLE(27, 3) + 1,
        colour,
        alpha: (head[20]! & 16) !== 0,
      }
    case 'VP8L': {
      const bits = head.readUInt32LE(21)
      return {
        width: (bits & 0x3fff) + 1,
        height: ((bits >> 14) & 0x3fff) + 1,
        colour,
        alpha: ((bits >> 28) & 1) === 1,
      }
    }
    case 'VP8 ':
      return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff, colour, alpha: false }
    default:
      return null
  }
}
