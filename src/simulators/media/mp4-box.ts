import { ascii, u32, u64 } from './big-endian.ts'
import { type ByteSource, fromBytes } from './byte-source.ts'
import { concat } from './rope.ts'

export type BoxPart = ByteSource | Uint8Array | readonly number[]

/** An ISO base media box (ISO/IEC 14496-12, 4.2): 32-bit size, four letters, contents. Number arrays are bytes. */
export function box(type: string, ...parts: BoxPart[]): ByteSource {
  const content = concat(parts.map(asSource))
  return concat([fromBytes(Uint8Array.from([...u32(content.size + 8), ...ascii(type)])), content])
}

/** A box with a version and flags. */
export function fullBox(type: string, version: number, flags: number, ...parts: BoxPart[]): ByteSource {
  return box(type, [version, ...u32(flags).slice(1)], ...parts)
}

/** A box whose size is given in 64 bits: for `mdat`, which may pass 4 GB. */
export function largeBox(type: string, content: ByteSource): ByteSource {
  return concat([fromBytes(Uint8Array.from([...u32(1), ...ascii(type), ...u64(content.size + 16)])), content])
}

function asSource(part: BoxPart): ByteSource {
  if ('read' in part) return part
  return fromBytes(part instanceof Uint8Array ? part : Uint8Array.from(part))
}
