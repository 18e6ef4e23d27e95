import { fileSource } from '../../simulators/media/byte-source.ts'
import { frameCount } from '../../simulators/media/image-batch.ts'
import { readImage } from '../../simulators/media/read-image.ts'
import { readMp4 } from '../../simulators/media/read-mp4.ts'
import { readSafetensors } from '../../simulators/media/safetensors.ts'

/** Of a file in a format that is not read here: nothing is known of it but that it is there. */
export const UNREAD = 'a file'

/** What a client can rely on in a file, in words. Pixels and byte counts depend on encoders, and are left out. */
export function fileFacts(path: string): string {
  const source = fileSource(path)
  const image = readImage(source)
  if (image) return `image ${image.width}x${image.height}`
  const video = readMp4(source)
  if (video) {
    const { images, fps } = video
    return `video ${images.width}x${images.height}, ${frameCount(images)} frames at ${fps} fps`
  }
  const tensors = readSafetensors(source)
  if (!tensors) return UNREAD
  return Array.from(tensors, ([name, shape]) => `${name} [${shape.join(', ')}]`).join('; ')
}
