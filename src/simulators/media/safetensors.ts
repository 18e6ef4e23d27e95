import { createHash } from 'node:crypto'
import { type ByteSource, bytesOf, concat, fromBytes, remade, repeated } from './byte-source.ts'

export interface LatentRequest {
  /** Batch, channels, latent frames, height / 8, width / 8; any rank works. */
  readonly shape: readonly number[]
  /** `prompt` and the extra PNG info as JSON text; empty when the server runs with --disable-metadata. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly seed: number | string
}

const BLOCK = 4096

/**
 * A `.latent` as SaveLatent of ComfyUI 0.3.64 writes it: safetensors with `latent_tensor` (F32, noise that follows from the
 * seed) and an empty `latent_format_version_0`. The header is padded with blanks to a multiple of eight.
 */
export function latent({ shape, metadata = {}, seed }: LatentRequest): ByteSource {
  const size = 4 * shape.reduce((product, length) => product * length, 1)
  const header = () =>
    JSON.stringify({
      ...(Object.keys(metadata).length > 0 && { __metadata__: metadata }),
      latent_format_version_0: { dtype: 'F32', shape: [0], data_offsets: [0, 0] },
      latent_tensor: { dtype: 'F32', shape, data_offsets: [0, size] },
    })
  const tensor: ByteSource = { size, read: (start, end) => repeated(noise(seed), size).read(start, end) }
  const source = remade(() => concat([fromBytes(framed(header())), tensor]))
  return {
    get size() {
      return source.size
    },
    identity: () => `latent ${seed} ${header()}`,
    read: (start, end) => source.read(start, end),
  }
}

function framed(json: string): Uint8Array {
  const bytes = Buffer.from(json)
  const header = Buffer.alloc(8 + Math.ceil(bytes.length / 8) * 8, ' ')
  header.writeBigUInt64LE(BigInt(header.length - 8))
  header.set(bytes, 8)
  return header
}

/** Numbers between -3 and 3, the range that a finished Wan latent has most of its values in. */
function noise(seed: number | string): Uint8Array {
  let state = createHash('sha256').update(String(seed)).digest().readUInt32LE()
  const values = Float32Array.from({ length: BLOCK }, () => {
    // A linear congruential generator with the constants of Numerical Recipes.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state / 2 ** 32) * 6 - 3
  })
  return new Uint8Array(values.buffer)
}

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
