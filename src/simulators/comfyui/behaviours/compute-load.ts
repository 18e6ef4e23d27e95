import { type ByteSource, fromBytes } from '../../media/byte-source.ts'
import type { NodeResult } from '../execute/node-runner.ts'
import { sha256 } from '../files/file-content.ts'
import type { FileStore, StoredFile } from '../files/file-store.ts'
import { parseAnnotatedName } from '../files/folder-paths.ts'
import { join } from '../files/python-path.ts'
import { type PyDict, PythonError } from '../python/py.ts'
import type { CallInputs } from './call-inputs.ts'
import type { ComputeBehaviour, ComputeBehaviours, FingerprintFacts } from './compute-behaviour.ts'

/** Loaders of files; the file is looked at again whenever its content has changed (nodes.py). */
export const loadBehaviours: ComputeBehaviours = new Map<string, ComputeBehaviour>([
  ['LoadImage', { fingerprint: contentHash('image'), compute: (inputs, { files }) => loadImage(inputs, files) }],
  ['LoadImageOutput', { fingerprint: contentHash('image'), compute: (inputs, { files }) => loadImage(inputs, files) }],
  ['LoadImageMask', { fingerprint: contentHash('image'), compute: (inputs, { files }) => loadMask(inputs, files) }],
  ['LoadLatent', { fingerprint: contentHash('latent'), compute: (inputs, { files }) => loadLatent(inputs, files) }],
])

function loadImage(inputs: CallInputs, files: FileStore): NodeResult {
  const { content, path } = openFile(files, inputs.text('image'))
  if (content.kind !== 'image') throw unidentified(path)
  const { width, height } = content.images
  return {
    outputs: [
      { kind: 'images', images: content.images },
      // Without an alpha channel the mask is 64 x 64 zeros.
      content.alpha
        ? { kind: 'mask', width, height, count: 1, level: 0 }
        : { kind: 'mask', width: 64, height: 64, count: 1, level: 0 },
    ],
  }
}

function loadMask(inputs: CallInputs, files: FileStore): NodeResult {
  const { content, path } = openFile(files, inputs.text('image'))
  if (content.kind !== 'image') throw unidentified(path)
  const { width, height } = content.images
  return { outputs: [{ kind: 'mask', width, height, count: 1, level: 0 }] }
}

function loadLatent(inputs: CallInputs, files: FileStore): NodeResult {
  const { content } = openFile(files, inputs.text('latent'))
  if (content.kind !== 'latent') {
    const type = 'safetensors._safetensors_rust.SafetensorError'
    throw new PythonError(type, 'Error while deserializing header: header too small')
  }
  const { shape } = content
  const [height = 1, width = 1] = shape.slice(-2)
  const frames = shape.length === 5 ? 4 * (shape[2]! - 1) + 1 : (shape[0] ?? 1)
  const unknown = { width: width * 8, height: height * 8, segments: [{ frames, colour: 0x808080 }] }
  return { outputs: [{ kind: 'latent', shape, images: content.images ?? unknown }] }
}

const unidentified = (path: string) =>
  new PythonError('PIL.UnidentifiedImageError', `cannot identify image file '${path}'`)

function openFile(files: FileStore, annotated: string): StoredFile {
  const file = files.find(annotated)
  if (file) return file
  const { name, type } = parseAnnotatedName(annotated)
  const path = join(files.directory(type ?? 'input'), name)
  throw files.exists(annotated)
    ? new PythonError('IsADirectoryError', `[Errno 21] Is a directory: '${path}'`)
    : new PythonError('FileNotFoundError', `[Errno 2] No such file or directory: '${path}'`)
}

const hashes = new WeakMap<ByteSource, string>()

/**
 * The server's sha256 of the file. Where the bytes follow from a short text, that is hashed instead: only equality is ever
 * asked, and a latent has 10 MB.
 */
function contentHash(input: string) {
  return (constants: PyDict, { files }: FingerprintFacts) => {
    const { bytes } = openFile(files, String(constants.get(input) ?? ''))
    const { identity } = bytes
    const known = hashes.get(bytes) ?? sha256(identity === undefined ? bytes : fromBytes(Buffer.from(identity)))
    hashes.set(bytes, known)
    return [known]
  }
}
