/** Numbers and letters as bytes, most significant byte first. */

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
