import { open, stat } from 'node:fs/promises'

/** The format allows no longer header. */
const LONGEST_HEADER = 100_000_000

/**
 * Shapes of the tensors of a safetensors file, by name; null when it is not one, or not all of it is there
 * (https://github.com/huggingface/safetensors#format).
 */
export async function readTensorShapes(path: string): Promise<ReadonlyMap<string, readonly number[]> | null> {
  const { size } = await stat(path)
  await using file = await open(path)
  const start = Buffer.alloc(8)
  if ((await file.read(start, 0, 8)).bytesRead < 8) return null
  const length = Number(start.readBigUInt64LE())
  if (length > Math.min(LONGEST_HEADER, size - 8)) return null
  const header = Buffer.alloc(length)
  await file.read(header, 0, length, 8)
  try {
    const { __metadata__: _, ...tensors } = JSON.parse(header.toString()) as Record<string, Tensor>
    const ends = Object.values(tensors).map(({ data_offsets: [, end] }) => end)
    if (Math.max(0, ...ends) !== size - 8 - length) return null
    return new Map(Object.entries(tensors).map(([name, { shape }]) => [name, shape.map(Number)]))
  } catch {
    return null
  }
}

interface Tensor {
  readonly shape: readonly number[]
  readonly data_offsets: readonly [start: number, end: number]
}
