import { type ByteSource, fromBytes } from '../../media/byte-source.ts'
import type { ImageSequence } from '../../media/image-sequence.ts'
import { mp4 } from '../../media/mp4.ts'
import { png } from '../../media/png.ts'
import { latent } from '../../media/safetensors.ts'
import type { Value } from '../execute/value.ts'
import { contentOf, type FileContent } from '../files/file-content.ts'
import type { FileStore } from '../files/file-store.ts'
import { type FileType, type SavePath, savedName } from '../files/folder-paths.ts'
import { dict, PythonError } from '../python/py.ts'
import type { SavedFile, SaveOptions } from './running-node.ts'

/** What saving takes of a node. */
interface Saver {
  readonly files: FileStore
  metadata(): Record<string, string>
}

/** Writes what a node saves, under the next free names, and gives the entries for `ui` (RunningNode.save). */
export function saveFiles(
  node: Saver,
  content: Uint8Array | string | Value,
  { prefix, extension, type = 'output' }: SaveOptions,
): SavedFile[] {
  const { files } = node
  if (typeof content === 'string' || content instanceof Uint8Array) {
    if (extension === undefined) throw new PythonError('TypeError', `save: bytes of ${prefix} need an extension`)
    const bytes = fromBytes(Buffer.from(content))
    const path = files.savePath(prefix, type)
    return [writeFile(node, path, savedName(path, extension), type, bytes, contentOf(bytes))]
  }
  switch (content.kind) {
    case 'images':
      return saveImages(node, content.images, { prefix, type })
    case 'video': {
      const { images, fps } = content
      const path = files.savePath(prefix, type, images)
      return [writeFile(node, path, savedName(path, 'mp4'), type, film(images, fps, node.metadata()), content)]
    }
    case 'latent': {
      const { shape, images } = content
      const path = files.savePath(prefix, type)
      const bytes = latent({ shape, metadata: node.metadata(), seed: images.segments[0]?.colour ?? 0 })
      return [writeFile(node, path, savedName(path, 'latent'), type, bytes, content)]
    }
    default:
      throw new PythonError('TypeError', `save: a value of kind ${content.kind} is no file`)
  }
}

/** One PNG a frame. */
export function saveImages(
  node: Saver,
  images: ImageSequence,
  { prefix, type, isPlain = false }: { prefix: string; type: FileType; isPlain?: boolean },
): SavedFile[] {
  const { width, height } = images
  const path = node.files.savePath(prefix, type, images)
  const text = node.metadata()
  return coloursOf(images).map((colour, index) => {
    const segments = [{ frames: 1, colour }]
    const name = savedName(path, 'png', index, { batch: true, isPlain })
    const content: FileContent = { kind: 'image', images: { ...images, segments }, alpha: false }
    return writeFile(node, path, name, type, png({ width, height, colour, text }), content)
  })
}

/** A film as SaveVideo encodes it. libx264 in 4:2:0 refuses odd sizes. */
export function film(images: ImageSequence, fps: number, tags: Record<string, string>): ByteSource {
  try {
    return mp4({ images, fps, tags })
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    const message = "[Errno 542398533] Generic error in an external library: 'avcodec_open2(libx264)'"
    throw new PythonError('av.error.ExternalError', message)
  }
}

/** The colour of each frame. */
export function coloursOf({ segments }: ImageSequence): number[] {
  return segments.flatMap(({ frames, colour }) => Array.from({ length: frames }, () => colour))
}

/** Writes one file and gives its entry for `ui`. */
export function writeFile(
  { files }: Pick<Saver, 'files'>,
  { subfolder }: SavePath,
  filename: string,
  type: FileType,
  bytes: ByteSource,
  content: FileContent,
): SavedFile {
  files.write({ type, subfolder, filename, bytes, content })
  return dict({ filename, subfolder, type }) as SavedFile
}
