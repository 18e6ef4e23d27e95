import type { ByteSource } from './byte-source.ts'
import { bytesOf } from './rope.ts'

/** The safetensors format allows no longer header. */
const LONGEST_HEADER = 100_000_000

/** Shapes of the tensors in a safetensors file, by name; null when it is not one. Reads the header only. */
export function readSafetensors(source: ByteSource): ReadonlyMap<string, readonly number[]> | null {
  if (source.size < 10) return null
  const length = Number(Buffer.from(bytesOf(source, 0, 8)).readBigUInt64LE())
  if (length > Math.min(LONGEST_HEADER, source.size - 8)) return null
  try {
    const { __metadata__, ...tensors } = JSON.parse(Buffer.from(bytesOf(source, 8, 8 + length)).toString())
    const shapes = Object.entries(tensors).map(
      ([name, tensor]) => [name, (tensor as { shape: number[] }).shape] as const,
    )
    return shapes.every(([, shape]) => Array.isArray(shape)) ? new Map(shapes) : null
  } catch {
    return null
  }
}
