// Numbers and letters as bytes and as bits, most significant first: what headers of media files are written with.

/** An unsigned 16-bit number. */
export function u16(value: number): number[] {
  return [(value >>> 8) & 255, value & 255]
}

/** An unsigned 32-bit number. */
export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value)]
}

/** Up to 2^53. */
export function u64(value: number): number[] {
  return [...u32(Math.floor(value / 2 ** 32)), ...u32(value % 2 ** 32)]
}

/** One byte per character. */
export function ascii(text: string): number[] {
  return [...Buffer.from(text, 'latin1')]
}

/** Bit strings: `'0'` and `'1'`, first bit first. Slow and readable; used for headers only, never per pixel. */
export type Bits = string

/** u(n): unsigned, `length` bits, most significant first. */
export function u(value: number, length: number): Bits {
  return value.toString(2).padStart(length, '0')
}

/** ue(v): Exp-Golomb (ITU-T H.264, 9.1). */
export function ue(value: number): Bits {
  const code = (value + 1).toString(2)
  return '0'.repeat(code.length - 1) + code
}

/** se(v): signed Exp-Golomb (ITU-T H.264, 9.1.1). */
export function se(value: number): Bits {
  return ue(value > 0 ? 2 * value - 1 : -2 * value)
}

/** Whole bytes; the last one is filled up with `fill`. */
export function pack(bits: Bits, fill: '0' | '1' = '0'): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8))
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(bits.slice(index * 8, index * 8 + 8).padEnd(8, fill), 2)
  }
  return bytes
}
