import { type Bits, pack, u } from './bits.ts'
import { type ByteSource, remade } from './byte-source.ts'
import { channels } from './colour.ts'
import type { PngRequest } from './png.ts'

/**
 * A lossless WebP in one colour (RFC 9649, chapter 3): each of the five prefix codes has one symbol, so the pixels take no
 * bits at all and every size takes about 40 bytes. Up to 16384 x 16384.
 */
export function webp({ width, height, colour, alpha = 255 }: Omit<PngRequest, 'text'>): ByteSource {
  return remade(() => {
    const [red, green, blue] = channels(colour)
    const bits = [
      least(0x2f, 8), // signature
      least(width - 1, 14),
      least(height - 1, 14),
      alpha === 255 ? '0' : '1',
      least(0, 3), // version
      '000', // no transform, no colour cache, no entropy image
      ...[green, red, blue, alpha, 0].map(oneSymbol),
    ].join('')
    const data = pack(bits).map(reversed)
    const padded = data.length + (data.length % 2)
    const file = Buffer.alloc(20 + padded)
    file.write('RIFF', 0)
    file.writeUInt32LE(12 + padded, 4)
    file.write('WEBPVP8L', 8)
    file.writeUInt32LE(data.length, 16)
    file.set(data, 20)
    return file
  })
}

/** A simple code of one 8-bit symbol. */
function oneSymbol(symbol: number): Bits {
  return `101${least(symbol, 8)}`
}

/** VP8L reads the least significant bit first. */
function least(value: number, length: number): Bits {
  return [...u(value, length)].reverse().join('')
}

function reversed(byte: number): number {
  return Number.parseInt(least(byte, 8), 2)
}
