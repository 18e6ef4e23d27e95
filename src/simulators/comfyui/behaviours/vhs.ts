import { fromBytes } from '../../media/byte-source.ts'
import { everyNth, frameCount, type ImageSequence, slice } from '../../media/image-sequence.ts'
import { png } from '../../media/png.ts'
import type { Counting } from '../files/folder-paths.ts'
import { join } from '../files/python-path.ts'
import { isDict, type Py, PythonError } from '../python/py.ts'
import { fileCheck } from './loaders.ts'
import type { SocketType } from './node-behaviour.ts'
import type { OwnBehaviour, OwnNode } from './own-node.ts'
import type { NodeInputs, NodeOutput, NodeReturn, ProgressTick } from './running-node.ts'
import { film, writeFile } from './saved-files.ts'
import { vhsImageBehaviours } from './vhs-images.ts'

/**
 * Some IMAGE and FLOAT sockets of the pack are declared with a string type of its own, which also equals others
 * (videohelpersuite/utils.py, MultiInput).
 */
const oneOf =
  (...types: readonly string[]): SocketType =>
  (_, other) =>
    other !== '*' && !types.some((type) => type === other)

const IMAGES = oneOf('IMAGE', 'LATENT')
const RATE = oneOf('FLOAT', 'INT')
const loader = { kwargs: true, socketTypes: { force_rate: RATE, 0: IMAGES } }

/**
 * ComfyUI-VideoHelperSuite (videohelpersuite/load_video_nodes.py, nodes.py). Loaders that take a path of the server's disk
 * instead of a file name accept any text here.
 */
export const vhsBehaviours: readonly OwnBehaviour[] = [
  {
    classType: 'VHS_LoadVideo',
    ...loader,
    validateInputs: fileCheck('video', 'video', 'LoadVideoUpload.VALIDATE_INPUTS'),
    run: loadVideo,
  },
  {
    classType: 'VHS_LoadVideoFFmpeg',
    ...loader,
    validateInputs: fileCheck('video', 'video', 'LoadVideoFFmpegUpload.VALIDATE_INPUTS'),
  },
  { classType: 'VHS_LoadVideoPath', ...loader },
  { classType: 'VHS_LoadVideoFFmpegPath', ...loader },
  { classType: 'VHS_LoadImagePath', kwargs: true, socketTypes: { 0: IMAGES } },
  { classType: 'VHS_LoadImages', kwargs: true },
  { classType: 'VHS_LoadImagesPath', kwargs: true },
  { classType: 'VHS_LoadAudioUpload', kwargs: true },
  {
    classType: 'VHS_VideoCombine',
    kwargs: true,
    socketTypes: { images: IMAGES, frame_rate: RATE },
    progress: combineTicks,
    run: videoCombine,
  },
  {
    classType: 'VHS_Unbatch',
    validateInputs: { functionName: 'Unbatch.VALIDATE_INPUTS', parameters: ['input_types'], check: () => true },
  },
  ...vhsImageBehaviours,
]

function loadVideo(inputs: NodeInputs, { files, traits }: OwnNode): NodeReturn {
  const name = inputs.text('video')
  const file = files.find(name)
  if (file?.content.kind !== 'video') {
    throw new PythonError('ValueError', `${file?.path ?? name} could not be loaded with cv.`)
  }
  const { images, fps } = file.content
  const chosen = everyNth(images, inputs.number('select_every_nth', 1), inputs.number('skip_first_frames', 0))
  const loaded = {
    ...slice(chosen, 0, inputs.number('frame_load_cap', 0) || frameCount(chosen)),
    width: inputs.number('custom_width', 0) || images.width,
    height: inputs.number('custom_height', 0) || images.height,
  }
  const info = { source_fps: fps, source_frame_count: BigInt(frameCount(images)), loaded_fps: fps }
  const result: NodeOutput[] = [
    { kind: 'images', images: loaded },
    BigInt(frameCount(loaded)),
    { kind: 'opaque', type: 'AUDIO' },
    info,
  ]
  return { result: result.slice(0, traits.outputs.length) }
}

/** One tick a frame written; with ping-pong there are more frames than the count that was announced. */
function combineTicks(inputs: NodeInputs): ProgressTick[] {
  const { images } = inputs.get('images', 'images')
  const announced = frameCount(images)
  return Array.from({ length: frameCount(written(inputs, images)) }, (_, index) => ({
    progress: { value: BigInt(Math.min(announced, index + 1)), max: BigInt(announced) },
  }))
}

/** Beside the film it keeps the first frame as a PNG with the workflow; without `save_output` both are temporary. */
function videoCombine(inputs: NodeInputs, node: OwnNode): NodeReturn {
  const { images } = inputs.get('images', 'images')
  const fps = inputs.number('frame_rate', 8)
  const format = inputs.text('format', 'image/gif')
  const type = inputs.data('save_output') === false ? 'temp' : 'output'
  const path = node.files.savePath(inputs.text('filename_prefix', 'AnimateDiff'), type, images)
  const folder = join(node.files.directory(type), path.subfolder)
  const counter = (node.files.counters(folder, vhsCounters).get(path.filename.toLowerCase()) ?? 0) + 1
  const stem = `${path.filename}_${String(counter).padStart(5, '0')}`
  const filename = `${stem}.${extensionOf(format)}`
  const first = slice(images, 0, 1)
  const picture = png({ ...images, colour: first.segments[0]?.colour ?? 0, text: node.metadata() })
  writeFile(node, path, `${stem}.png`, type, picture, { kind: 'image', images: first, alpha: false })
  const frames = written(inputs, images)
  if (keepsMetadata(inputs, node, format)) leaveMetadata(node)
  const bytes = film(frames, fps, node.metadata())
  writeFile(node, path, filename, type, bytes, { kind: 'video', images: frames, fps })
  // The film is written without its sound first, which stays beside it.
  const sounding = hasSound(inputs, format) ? `${stem}-audio.${extensionOf(format)}` : null
  if (sounding) writeFile(node, path, sounding, type, bytes, { kind: 'video', images: frames, fps })
  const fullpath = join(folder, sounding ?? filename)
  const gif = {
    filename: sounding ?? filename,
    subfolder: path.subfolder,
    type,
    format,
    frame_rate: fps,
    workflow: `${stem}.png`,
    fullpath,
  }
  const films = [filename, ...(sounding ? [sounding] : [])]
  const names: Py[] = [join(folder, `${stem}.png`), ...films.map((name) => join(folder, name))]
  return { ui: { gifs: [gif] }, result: [[type === 'output', names]] }
}

function hasSound(inputs: NodeInputs, format: string): boolean {
  const sound = inputs.value('audio')
  return format.startsWith('video/') && sound !== undefined && sound.kind !== 'data'
}

/** Formats of ffmpeg that offer it, unless it is switched off. */
function keepsMetadata(inputs: NodeInputs, { traits }: OwnNode, format: string): boolean {
  const formats = traits.inputs.get('format')?.get('formats')
  const widgets = isDict(formats) ? formats.get(format) : undefined
  const offers =
    Array.isArray(widgets) && widgets.some((widget) => Array.isArray(widget) && widget[0] === 'save_metadata')
  return offers && inputs.data('save_metadata') !== false
}

/** What ffmpeg reads the workflow from is never taken away. */
function leaveMetadata(node: OwnNode): void {
  const escaped = JSON.stringify(node.metadata()).replace(/[\\;#=]/g, '\\$&')
  const bytes = fromBytes(Buffer.from(`;FFMETADATA1\ncomment=${escaped}`))
  const path = { subfolder: '', filename: 'metadata', counter: 1 }
  writeFile(node, path, 'metadata.txt', 'temp', bytes, { kind: 'other' })
}

/** Ping-pong appends the frames in between in reverse. */
function written(inputs: NodeInputs, images: ImageSequence): ImageSequence {
  if (inputs.data('pingpong') !== true) return images
  const back = slice(images, 1, frameCount(images) - 2)
  return { ...images, segments: [...images.segments, ...back.segments.toReversed()] }
}

/** `image/gif` names it; of video formats it is the end of the name, `mov` for ProRes. */
function extensionOf(format: string): string {
  const [kind, name = ''] = format.split('/')
  return kind === 'image' ? name : (/(mp4|webm|mkv|gif|png)$/.exec(name)?.[1] ?? 'mov')
}

/** The pack counts for itself: every `<name>_<digits>…` of the folder in any case, whatever follows. */
const vhsCounters: Counting = function* (entry) {
  for (let at = entry.indexOf('_'); at >= 0; at = entry.indexOf('_', at + 1)) {
    const digits = /^(\d+)\D*\../.exec(entry.slice(at + 1))?.[1]
    if (digits !== undefined) yield [entry.slice(0, at).toLowerCase(), Number(digits)]
  }
}
