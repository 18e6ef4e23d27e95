import type { StoredFile } from '../files/file-store.ts'
import { parseAnnotatedName } from '../files/folder-paths.ts'
import { join } from '../files/python-path.ts'
import { pyStr } from '../python/format.ts'
import { type Py, PythonError, typeName } from '../python/py.ts'
import type { ValidateInputs } from './node-behaviour.ts'
import type { OwnBehaviour, OwnNode } from './own-node.ts'
import type { NodeInputs, NodeReturn, NodeServer, ServerFile } from './running-node.ts'

/** Loaders of files; a file is looked at again whenever its content has changed (nodes.py, nodes_video.py, nodes_audio.py). */
export const loaderBehaviours: readonly OwnBehaviour[] = [
  { classType: 'LoadImage', ...byContent('image'), run: loadImage },
  {
    classType: 'LoadImageOutput',
    ...byContent('image'),
    validateInputs: fileCheck('image', 'image', 'LoadImage.VALIDATE_INPUTS'),
    run: loadImage,
  },
  { classType: 'LoadImageMask', ...byContent('image'), run: loadMask },
  { classType: 'LoadLatent', ...byContent('latent'), run: loadLatent },
  {
    classType: 'LoadVideo',
    validateInputs: fileCheck('file', 'video'),
    isChanged: (inputs, server) => opened(server, inputs.get('file')).modified / 1000,
    run: loadVideo,
  },
  { classType: 'LoadAudio', validateInputs: fileCheck('audio', 'audio') },
]

/** The annotated name in `input` must lead to something that exists, and a changed file is a changed input. */
function byContent(input: string): Pick<OwnBehaviour, 'validateInputs' | 'isChanged'> {
  return {
    validateInputs: fileCheck(input, input),
    isChanged: (inputs, server) => opened(server, inputs.get(input)).fingerprint(),
  }
}

function opened(server: NodeServer, name: Py = null): ServerFile {
  const file = server.open(pyStr(name))
  if (!file) throw new PythonError('FileNotFoundError', `[Errno 2] No such file or directory: '${pyStr(name)}'`)
  return file
}

/** The check of loader nodes: the annotated name in `input` must lead to something that exists. */
export function fileCheck(input: string, what: string, functionName?: string): ValidateInputs {
  return {
    ...(functionName !== undefined && { functionName }),
    parameters: [input],
    check(inputs, { fileExists }) {
      const value = inputs.get(input) ?? null
      if (typeof value !== 'string') {
        throw new PythonError('AttributeError', `'${typeName(value)}' object has no attribute 'endswith'`)
      }
      return fileExists(value) || `Invalid ${what} file: ${pyStr(value)}`
    },
  }
}

function loadImage(inputs: NodeInputs, node: OwnNode): NodeReturn {
  const { content, path } = openFile(node, inputs.text('image'))
  if (content.kind !== 'image') throw unidentified(path)
  const { width, height } = content.images
  // Without an alpha channel the mask is 64 x 64 zeros.
  const mask = content.alpha ? { width, height } : { width: 64, height: 64 }
  return {
    result: [
      { kind: 'images', images: content.images },
      { kind: 'mask', ...mask, count: 1, level: 0 },
    ],
  }
}

function loadMask(inputs: NodeInputs, node: OwnNode): NodeReturn {
  const { content, path } = openFile(node, inputs.text('image'))
  if (content.kind !== 'image') throw unidentified(path)
  const { width, height } = content.images
  return { result: [{ kind: 'mask', width, height, count: 1, level: 0 }] }
}

function loadLatent(inputs: NodeInputs, node: OwnNode): NodeReturn {
  const { content } = openFile(node, inputs.text('latent'))
  if (content.kind !== 'latent') {
    const type = 'safetensors._safetensors_rust.SafetensorError'
    throw new PythonError(type, 'Error while deserializing header: header too small')
  }
  const { shape } = content
  const [height = 1, width = 1] = shape.slice(-2)
  const frames = shape.length === 5 ? 4 * (shape[2]! - 1) + 1 : (shape[0] ?? 1)
  const unknown = { width: width * 8, height: height * 8, segments: [{ frames, colour: 0x808080 }] }
  return { result: [{ kind: 'latent', shape, images: content.images ?? unknown }] }
}

function loadVideo(inputs: NodeInputs, { files }: OwnNode): NodeReturn {
  const name = inputs.text('file')
  const file = files.find(name)
  if (file?.content.kind !== 'video') {
    // The node only keeps the path; whoever decodes it fails (GetVideoComponents).
    return { result: [{ kind: 'opaque', type: file?.path ?? name }] }
  }
  const { images, fps } = file.content
  return { result: [{ kind: 'video', images, fps }] }
}

const unidentified = (path: string) =>
  new PythonError('PIL.UnidentifiedImageError', `cannot identify image file '${path}'`)

function openFile({ files }: OwnNode, annotated: string): StoredFile {
  const file = files.find(annotated)
  if (file) return file
  const { name, type } = parseAnnotatedName(annotated)
  const path = join(files.directory(type ?? 'input'), name)
  throw files.exists(annotated)
    ? new PythonError('IsADirectoryError', `[Errno 21] Is a directory: '${path}'`)
    : new PythonError('FileNotFoundError', `[Errno 2] No such file or directory: '${path}'`)
}
