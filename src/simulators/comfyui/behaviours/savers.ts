import { bytesOf } from '../../media/byte-source.ts'
import { frameCount } from '../../media/image-sequence.ts'
import { mp4 } from '../../media/mp4.ts'
import { png } from '../../media/png.ts'
import { webp } from '../../media/webp.ts'
import { data, formatValue, type Value } from '../execute/value.ts'
import type { FileContent } from '../files/file-content.ts'
import { savedName } from '../files/folder-paths.ts'
import { dumpJson, pyStr } from '../python/format.ts'
import { PythonError } from '../python/py.ts'
import type { OwnBehaviour, OwnNode } from './own-node.ts'
import type { NodeInputs, NodeReturn } from './running-node.ts'
import { coloursOf, writeFile } from './saved-files.ts'

/** Output nodes: what they write, under which name, and how they report it (nodes.py, comfy_extras). */
export const saverBehaviours: readonly OwnBehaviour[] = [
  {
    classType: 'SaveImage',
    run: (inputs, node) => {
      const prefix = inputs.text('filename_prefix')
      return { ui: { images: node.save(inputs.get('images', 'images'), { prefix }) } }
    },
  },
  {
    classType: 'PreviewImage',
    run: (inputs, node) => {
      const prefix = `ComfyUI${temporary(node)}`
      return { ui: { images: node.save(inputs.get('images', 'images'), { prefix, type: 'temp' }) } }
    },
  },
  {
    classType: 'SaveLatent',
    run: (inputs, node) => {
      const prefix = inputs.text('filename_prefix')
      return { ui: { latents: node.save(inputs.get('samples', 'latent'), { prefix }) } }
    },
  },
  { classType: 'SaveVideo', run: saveVideo },
  { classType: 'SaveWEBM', run: (inputs, node) => saveAnimation(inputs, node, 'webm') },
  { classType: 'SaveAnimatedWEBP', run: (inputs, node) => saveAnimation(inputs, node, 'webp') },
  { classType: 'SaveAnimatedPNG', run: (inputs, node) => saveAnimation(inputs, node, 'png') },
  {
    classType: 'SaveImageWebsocket',
    isChanged: (_, server) => server.now() / 1000,
    progress: websocketTicks,
    run: () => ({ ui: {} }),
  },
  {
    classType: 'PreviewAny',
    parameters: [],
    run: (inputs, node) => {
      const text = previewOf(inputs.value('source') ?? data(null), node)
      return { ui: { text: [text] }, ...(node.traits.outputs.length > 0 && { result: [text] }) }
    },
  },
]

/** What preview nodes put into the names of their files: `_temp_` and letters drawn once per node (nodes.py, PreviewImage). */
export const temporary = (node: OwnNode) => `_temp_${node.instanceLetters()}`

function saveVideo(inputs: NodeInputs, node: OwnNode): NodeReturn {
  const video = inputs.get('video', 'video')
  const prefix = inputs.text('filename_prefix')
  // The folder is there before anything is refused.
  node.files.savePath(prefix, 'output', video.images)
  const [format, codec] = [inputs.text('format', 'auto'), inputs.text('codec', 'auto')]
  if (format !== 'auto' && format !== 'mp4')
    throw new PythonError('ValueError', `'${format}' is not a valid VideoContainer`)
  if (codec !== 'auto' && codec !== 'h264') throw new PythonError('ValueError', 'Only H264 codec is supported for now')
  return { ui: { images: node.save(video, { prefix }), animated: [true] } }
}

function saveAnimation(inputs: NodeInputs, node: OwnNode, extension: 'webm' | 'webp' | 'png'): NodeReturn {
  const { images } = inputs.get('images', 'images')
  const path = node.files.savePath(inputs.text('filename_prefix'), 'output', images)
  const { width, height } = images
  const colour = images.segments[0]?.colour ?? 0
  const still = extension === 'png' ? png({ width, height, colour }) : webp({ width, height, colour })
  const fps = inputs.number('fps', 6)
  const content: FileContent =
    extension === 'webm' ? { kind: 'video', images, fps } : { kind: 'image', images, alpha: false }
  // No VP9 is made here: the file holds the same frames as H.264 in MP4, which players tell by content. That has even sizes only.
  const even = { ...images, width: width + (width % 2), height: height + (height % 2) }
  const bytes = extension === 'webm' ? mp4({ images: even, fps }) : still
  const entry = writeFile(node, path, savedName(path, extension), 'output', bytes, content)
  return { ui: { images: [entry], animated: [extension !== 'webp' || frameCount(images) !== 1] } }
}

/** Each image goes over the socket as a PNG, counted from 0 (custom_nodes/websocket_image_save.py). */
function websocketTicks(inputs: NodeInputs) {
  const { images } = inputs.get('images', 'images')
  const { width, height } = images
  const colours = coloursOf(images)
  return colours.map((colour, index) => ({
    progress: { value: BigInt(index), max: BigInt(colours.length) },
    preview: { format: 'png' as const, bytes: bytesOf(png({ width, height, colour })) },
  }))
}

/** Lists and objects as JSON, everything else as `str` gives it; what is no data here, as it was recorded. */
function previewOf(source: Value, { recorded }: OwnNode): string {
  if (source.kind !== 'data') {
    const [text] = recorded.shown()?.['text'] ?? []
    return typeof text === 'string' ? text : pyStr(formatValue(source))
  }
  return source.data !== null && typeof source.data === 'object' ? dumpJson(source.data) : pyStr(source.data)
}
