import { type Bits, pack, u, u16 } from './bits.ts'
import { type ByteSource, remade } from './byte-source.ts'
import { fullRange } from './colour.ts'
import type { StillImage } from './png.ts'

/**
 * A baseline JPEG in one colour (ITU-T T.81, JFIF): only DC coefficients, only the first block has any, so it takes six bits
 * for 8x8 pixels. Made when its size or bytes are first asked for.
 */
export function jpeg({ width, height, colour }: StillImage): ByteSource {
  return remade(() => {
    const { y, cb, cr } = fullRange(colour)
    const first = [y, cb, cr].map((value) => difference(Math.round(value - 128)) + END_OF_BLOCK).join('')
    const others = `${difference(0)}${END_OF_BLOCK}`.repeat(3)
    const blocks = Math.ceil(width / 8) * Math.ceil(height / 8)
    return Buffer.concat([
      Uint8Array.from([0xff, 0xd8]),
      segment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
      segment(0xdb, [0, ...new Array<number>(64).fill(QUANT)]),
      segment(0xc0, [8, ...u16(height), ...u16(width), 3, ...[1, 2, 3].flatMap((id) => [id, 0x11, 0])]),
      // DC: one code of 1 bit, then category 1…11 in 5 bits. AC: end of block is the only code, 1 bit.
      segment(0xc4, [0x00, ...lengths({ 1: 1, 5: 11 }), ...Array.from({ length: 12 }, (_, category) => category)]),
      segment(0xc4, [0x10, ...lengths({ 1: 1 }), 0]),
      segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
      stuffed(pack(first + others.repeat(blocks - 1), '1')),
      Uint8Array.from([0xff, 0xd9]),
    ])
  })
}

/** Every quantiser; with 8 a step of the DC coefficient is one grey level (A.3.3). */
const QUANT = 8
const END_OF_BLOCK = '0'

/** Code of a DC difference: its category, then that many bits (T.81, F.1.2.1). */
function difference(value: number): Bits {
  if (value === 0) return '0'
  const category = Math.abs(value).toString(2).length
  const code = u(0b10000 + category - 1, 5)
  return code + u(value > 0 ? value : value + 2 ** category - 1, category)
}

function lengths(counts: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: 16 }, (_, index) => counts[index + 1] ?? 0)
}

function segment(marker: number, data: readonly number[]): Uint8Array {
  return Uint8Array.from([0xff, marker, ...u16(data.length + 2), ...data])
}

/** A data byte of 0xff is followed by a zero (T.81, F.1.2.3). */
function stuffed(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll('\xff', '\xff\0'), 'latin1')
}
