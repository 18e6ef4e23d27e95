import { type ByteSource, fromBytes } from './byte-source.ts'
import { concat } from './rope.ts'

export type BoxPart = ByteSource | Uint8Array | readonly number[]

/** An ISO base media box (ISO/IEC 14496-12, 4.2): 32-bit size, four letters, contents. Number arrays are bytes. */
export function box(type: string, ...parts: BoxPart[]): ByteSource {
  const content = concat(parts.map(asSource))
  return concat([fromBytes(Uint8Array.from([...u32(content.size + 8), ...fourcc(type)])), content])
}

/** A box with a version and flags. */
export function fullBox(type: string, version: number, flags: number, ...parts: BoxPart[]): ByteSource {
  return box(type, [version, ...u32(flags).slice(1)], ...parts)
}

/** A box whose size is given in 64 bits: for `mdat`, which may pass 4 GB. */
export function largeBox(type: string, content: ByteSource): ByteSource {
  return concat([fromBytes(Uint8Array.from([...u32(1), ...fourcc(type), ...u64(content.size + 16)])), content])
}

export function u16(value: number): number[] {
  return [(value >>> 8) & 255, value & 255]
}

export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value)]
}

/** Up to 2^53. */
export function u64(value: number): number[] {
  return [...u32(Math.floor(value / 2 ** 32)), ...u32(value % 2 ** 32)]
}

export function fourcc(text: string): number[] {
  return [...Buffer.from(text, 'latin1')]
}

function asSource(part: BoxPart): ByteSource {
  if ('read' in part) return part
  return fromBytes(part instanceof Uint8Array ? part : Uint8Array.from(part))
}
