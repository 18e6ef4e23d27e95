import { createHash } from 'node:crypto'

/** Bytes that say nothing, the same for the same seed. */
export function noise(seed: string, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('shake256', { outputLength: length }).update(seed).digest())
}
