import type { ByteSource } from '../../media/byte-source.ts'
import { readImage } from '../../media/read-image.ts'
import { readMp4 } from '../../media/read-mp4.ts'
import { readSafetensors } from '../../media/read-safetensors.ts'
import type { FileContent } from './file-store.ts'

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
