import { type ByteSource, bytesOf } from '../../media/byte-source.ts'
import { frameCount, type ImageBatch } from '../../media/image-batch.ts'
import { mp4 } from '../../media/mp4.ts'
import { png } from '../../media/png.ts'
import { latent } from '../../media/safetensors.ts'
import { webp } from '../../media/webp.ts'
import type { NodeResult } from '../execute/node-runner.ts'
import { data, formatValue, type Value } from '../execute/value.ts'
import type { FileContent } from '../files/file-content.ts'
import type { FileStore } from '../files/file-store.ts'
import { type FileType, type SavePath, savedName } from '../files/folder-paths.ts'
import { dumpJson } from '../python/dump.ts'
import { pyStr } from '../python/format.ts'
import { dict, type Py, PythonError } from '../python/py.ts'
import type { CallInputs } from './call-inputs.ts'
import type { ComputeBehaviour, ComputeBehaviours, ComputeFacts } from './compute-behaviour.ts'

/** Output nodes: what they write, under which name, and how they report it (nodes.py, comfy_extras). */
export const saveBehaviours: ComputeBehaviours = new Map<string, ComputeBehaviour>([
  ['SaveImage', { compute: (inputs, facts) => saveImages(inputs, facts, 'output', inputs.text('filename_prefix')) }],
  [
    'PreviewImage',
    {
      compute: (inputs, facts) => {
        const prefix = `ComfyUI${temporary(facts)}`
        return saveImages(inputs, facts, 'temp', prefix)
      },
    },
  ],
  ['SaveLatent', { compute: saveLatent }],
  ['SaveVideo', { compute: saveVideo }],
  ['SaveWEBM', { compute: (inputs, facts) => saveAnimation(inputs, facts, 'webm') }],
  ['SaveAnimatedWEBP', { compute: (inputs, facts) => saveAnimation(inputs, facts, 'webp') }],
  ['SaveAnimatedPNG', { compute: (inputs, facts) => saveAnimation(inputs, facts, 'png') }],
  ['SaveImageWebsocket', { fingerprint: now, ticks: websocketTicks, compute: () => ({ ui: new Map() }) }],
  ['PreviewAny', { compute: previewAny }],
])

/** What preview nodes put into the names of their files: `_temp_` and letters drawn once per node (nodes.py, PreviewImage). */
export const temporary = (facts: ComputeFacts) => `_temp_${facts.instanceLetters()}`

function saveImages(inputs: CallInputs, facts: ComputeFacts, type: FileType, prefix: string): NodeResult {
  const { images } = inputs.get('images', 'images')
  const path = facts.files.savePath(prefix, type, images)
  const metadata = facts.metadata()
  const entries = framesOf(images).map((colour, index) => {
    const one = { width: images.width, height: images.height, colour }
    return write(
      facts.files,
      path,
      savedName(path, 'png', index, { batch: true }),
      type,
      png({ ...one, text: metadata }),
      {
        kind: 'image',
        images: { ...images, segments: [{ frames: 1, colour }] },
        alpha: false,
      },
    )
  })
  return { ui: new Map([['images', entries]]) }
}

function saveLatent(inputs: CallInputs, facts: ComputeFacts): NodeResult {
  const { shape, images } = inputs.get('samples', 'latent')
  const path = facts.files.savePath(inputs.text('filename_prefix'), 'output')
  const bytes = latent({ shape, metadata: facts.metadata(), seed: images.segments[0]?.colour ?? 0 })
  const content: FileContent = { kind: 'latent', shape, images }
  return { ui: new Map([['latents', [write(facts.files, path, savedName(path, 'latent'), 'output', bytes, content)]]]) }
}

function saveVideo(inputs: CallInputs, facts: ComputeFacts): NodeResult {
  const { images, fps } = inputs.get('video', 'video')
  const path = facts.files.savePath(inputs.text('filename_prefix'), 'output', images)
  const [format, codec] = [inputs.text('format', 'auto'), inputs.text('codec', 'auto')]
  if (format !== 'auto' && format !== 'mp4')
    throw new PythonError('ValueError', `'${format}' is not a valid VideoContainer`)
  if (codec !== 'auto' && codec !== 'h264') throw new PythonError('ValueError', 'Only H264 codec is supported for now')
  const bytes = encode(images, fps, facts.metadata())
  const entry = write(facts.files, path, savedName(path, 'mp4'), 'output', bytes, { kind: 'video', images, fps })
  return {
    ui: new Map<string, Py[]>([
      ['images', [entry]],
      ['animated', [true]],
    ]),
  }
}

/** libx264 in 4:2:0 refuses odd sizes. */
export function encode(images: ImageBatch, fps: number, tags: Record<string, string>): ByteSource {
  try {
    return mp4({ images, fps, tags })
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    const message = "[Errno 542398533] Generic error in an external library: 'avcodec_open2(libx264)'"
    throw new PythonError('av.error.ExternalError', message)
  }
}

function saveAnimation(inputs: CallInputs, facts: ComputeFacts, extension: 'webm' | 'webp' | 'png'): NodeResult {
  const { images } = inputs.get('images', 'images')
  const path = facts.files.savePath(inputs.text('filename_prefix'), 'output', images)
  const { width, height } = images
  const colour = images.segments[0]?.colour ?? 0
  const still = extension === 'png' ? png({ width, height, colour }) : webp({ width, height, colour })
  const fps = inputs.number('fps', 6)
  const content: FileContent =
    extension === 'webm' ? { kind: 'video', images, fps } : { kind: 'image', images, alpha: false }
  // No VP9 is made here: the file holds the same frames as H.264 in MP4, which players tell by content. That has even sizes only.
  const even = { ...images, width: width + (width % 2), height: height + (height % 2) }
  const bytes = extension === 'webm' ? mp4({ images: even, fps }) : still
  const entry = write(facts.files, path, savedName(path, extension), 'output', bytes, content)
  const animated = extension !== 'webp' || frameCount(images) !== 1
  return {
    ui: new Map<string, Py[]>([
      ['images', [entry]],
      ['animated', [animated]],
    ]),
  }
}

/** Each image goes over the socket as a PNG, counted from 0 (custom_nodes/websocket_image_save.py). */
function websocketTicks(inputs: CallInputs) {
  const { images } = inputs.get('images', 'images')
  const { width, height } = images
  const colours = framesOf(images)
  return colours.map((colour, index) => ({
    progress: { value: BigInt(index), max: BigInt(colours.length) },
    preview: { format: 'png' as const, bytes: bytesOf(png({ width, height, colour })) },
  }))
}

function previewAny(inputs: CallInputs): NodeResult {
  const source = inputs.call.inputs.get('source') ?? data(null)
  return { ui: new Map([['text', [previewOf(source)]]]) }
}

/** Lists and objects as JSON, everything else as `str` gives it. */
function previewOf(source: Value): string {
  if (source.kind !== 'data') return pyStr(formatValue(source))
  return source.data !== null && typeof source.data === 'object' ? dumpJson(source.data) : pyStr(source.data)
}

function now(_: unknown, { clock }: Pick<ComputeFacts, 'clock'>): Py {
  return [clock.now() / 1000]
}

/** Writes one file and gives its entry for `ui`. */
export function write(
  files: FileStore,
  { subfolder }: SavePath,
  filename: string,
  type: FileType,
  bytes: ByteSource,
  content: FileContent,
): Py {
  files.write({ type, subfolder, filename, bytes, content })
  return dict({ filename, subfolder, type })
}

function framesOf({ segments }: ImageBatch): number[] {
  return segments.flatMap(({ frames, colour }) => Array.from({ length: frames }, () => colour))
}
