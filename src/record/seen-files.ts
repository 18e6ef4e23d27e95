import { fileSource } from '../simulators/media/byte-source.ts'
import { frameCount } from '../simulators/media/image-sequence.ts'
import { readImage } from '../simulators/media/read-image.ts'
import { readMp4 } from '../simulators/media/read-mp4.ts'
import { readSafetensors } from '../simulators/media/safetensors.ts'

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

/**
 * Gives a copy of what a server tells of a node's files, with the files of each prefix counted from 1: a server goes on from
 * what lies in its folders, where the replay of a recording has nothing yet. Nodes count for themselves: those with one prefix
 * share the numbers in the order in which they run, which is that of a Python set. ComfyUI names files
 * `<prefix>_<five digits>_.<type>`, VideoHelperSuite and newer nodes without the second underscore.
 */
export function numberedFromOne(): <T>(node: string, told: T) => T {
  const firsts = new Map<string, number>()
  return (node, told) =>
    JSON.parse(JSON.stringify(told, (_, value) => (isFile(value) ? recounted(node, value, firsts) : value)))
}

interface NamedFile {
  readonly filename: string
  readonly subfolder?: unknown
  readonly type?: unknown
  readonly id?: unknown
}

const isFile = (value: unknown): value is NamedFile =>
  typeof value === 'object' && value !== null && 'filename' in value && typeof value.filename === 'string'

function recounted(node: string, file: NamedFile, firsts: Map<string, number>): NamedFile {
  // The assets system gives every file an id of its own.
  const { id: _, ...told } = file
  const [, prefix, digits, rest] = /^(.*_)(\d{5,})(_?\.\w+)$/.exec(file.filename) ?? []
  if (prefix === undefined) return told
  const series = JSON.stringify([node, file.type, file.subfolder, prefix])
  const first = firsts.get(series) ?? Number(digits)
  firsts.set(series, first)
  return { ...told, filename: `${prefix}${String(Number(digits) - first + 1).padStart(5, '0')}${rest}` }
}
