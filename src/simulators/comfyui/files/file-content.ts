import { createHash } from 'node:crypto'
import type { ByteSource } from '../../media/byte-source.ts'
import type { ImageSequence } from '../../media/image-sequence.ts'
import { readImage } from '../../media/read-image.ts'
import { readMp4 } from '../../media/read-mp4.ts'
import { readSafetensors } from '../../media/safetensors.ts'

/** What is in a file, so that a loader node can give it back without decoding anything. */
export type FileContent =
  | { readonly kind: 'image'; readonly images: ImageSequence; readonly alpha: boolean }
  | { readonly kind: 'video'; readonly images: ImageSequence; readonly fps: number }
  /** `images`: what the latent decodes to, when it is known. */
  | { readonly kind: 'latent'; readonly shape: readonly number[]; readonly images?: ImageSequence }
  | { readonly kind: 'other' }

/** What bytes that came from outside hold, told from their headers: the name does not count. */
export function contentOf(bytes: ByteSource): FileContent {
  const image = readImage(bytes)
  if (image) {
    const { width, height, colour, alpha } = image
    return { kind: 'image', images: { width, height, segments: [{ frames: 1, colour }] }, alpha }
  }
  const video = readMp4(bytes)
  if (video) return { kind: 'video', ...video }
  const shape = readSafetensors(bytes)?.get('latent_tensor')
  return shape ? { kind: 'latent', shape } : { kind: 'other' }
}

/** Hex digest of a whole source, read in parts. */
export function sha256(source: ByteSource): string {
  const hash = createHash('sha256')
  for (const chunk of source.read()) hash.update(chunk)
  return hash.digest('hex')
}
