import { everyNth, frameCount, type ImageBatch, slice } from '../../media/image-batch.ts'
import { png } from '../../media/png.ts'
import type { NodeResult } from '../execute/node-runner.ts'
import { data, type Value } from '../execute/value.ts'
import type { FileType } from '../files/folder-paths.ts'
import { join } from '../files/python-path.ts'
import { dict, type Py, PythonError } from '../python/py.ts'
import type { CallInputs } from './call-inputs.ts'
import type { ComputeBehaviour, ComputeBehaviours, ComputeFacts, UntimedTick } from './compute-behaviour.ts'
import { encode, write } from './compute-save.ts'
import { vhsImageBehaviours } from './compute-vhs-images.ts'

/** ComfyUI-VideoHelperSuite (videohelpersuite/load_video_nodes.py, nodes.py). */
export const vhsBehaviours: ComputeBehaviours = new Map<string, ComputeBehaviour>([
  ['VHS_LoadVideo', { compute: loadVideo }],
  ['VHS_VideoCombine', { ticks: combineTicks, compute: videoCombine }],
  ...vhsImageBehaviours,
])

function loadVideo(inputs: CallInputs, { files, traits }: ComputeFacts): NodeResult {
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
  const info = dict({ source_fps: fps, source_frame_count: BigInt(frameCount(images)), loaded_fps: fps })
  const outputs: Value[] = [
    { kind: 'images', images: loaded },
    data(BigInt(frameCount(loaded))),
    { kind: 'opaque', type: 'AUDIO', colour: 0 },
    data(info),
  ]
  return { outputs: outputs.slice(0, traits.outputs.length) }
}

/** One tick a frame written; with ping-pong there are more frames than the count that was announced. */
function combineTicks(inputs: CallInputs): UntimedTick[] {
  const { images } = inputs.get('images', 'images')
  const announced = frameCount(images)
  return Array.from({ length: frameCount(written(inputs, images)) }, (_, index) => ({
    progress: { value: BigInt(Math.min(announced, index + 1)), max: BigInt(announced) },
  }))
}

/** Beside the film it keeps the first frame as a PNG with the workflow; without `save_output` both are temporary. */
function videoCombine(inputs: CallInputs, facts: ComputeFacts): NodeResult {
  const { images } = inputs.get('images', 'images')
  const fps = inputs.number('frame_rate', 8)
  const format = inputs.text('format', 'image/gif')
  const type = inputs.data('save_output') === false ? 'temp' : 'output'
  const path = facts.files.savePath(inputs.text('filename_prefix', 'AnimateDiff'), type, images)
  const counter = nextCounter(facts, type, path.subfolder, path.filename)
  const stem = `${path.filename}_${String(counter).padStart(5, '0')}`
  const filename = `${stem}.${extensionOf(format)}`
  const first = slice(images, 0, 1)
  const picture = png({ ...images, colour: first.segments[0]?.colour ?? 0, text: facts.metadata() })
  write(facts.files, path, `${stem}.png`, type, picture, { kind: 'image', images: first, alpha: false })
  const film = written(inputs, images)
  const bytes = encode(film, fps, facts.metadata())
  write(facts.files, path, filename, type, bytes, { kind: 'video', images: film, fps })
  const folder = join(facts.files.directory(type), path.subfolder)
  const fullpath = join(folder, filename)
  const gif = dict({
    filename,
    subfolder: path.subfolder,
    type,
    format,
    frame_rate: fps,
    workflow: `${stem}.png`,
    fullpath,
  })
  const names: Py[] = [join(folder, `${stem}.png`), fullpath]
  return { ui: new Map([['gifs', [gif]]]), outputs: [data([type === 'output', names])] }
}

/** Ping-pong appends the frames in between in reverse. */
function written(inputs: CallInputs, images: ImageBatch): ImageBatch {
  if (inputs.data('pingpong') !== true) return images
  const back = slice(images, 1, frameCount(images) - 2)
  return { ...images, segments: [...images.segments, ...back.segments.toReversed()] }
}

/** `image/gif` names it; of video formats it is the end of the name, `mov` for ProRes. */
function extensionOf(format: string): string {
  const [kind, name = ''] = format.split('/')
  return kind === 'image' ? name : (/(mp4|webm|mkv|gif|png)$/.exec(name)?.[1] ?? 'mov')
}

/** The pack counts for itself: every `<name>_<digits>…` of the folder, whatever follows. */
function nextCounter({ files }: ComputeFacts, type: FileType, subfolder: string, name: string): number {
  const counters = files.list(type).flatMap((file) => {
    if (file.subfolder !== subfolder || !file.filename.toLowerCase().startsWith(`${name.toLowerCase()}_`)) return []
    const digits = /^(\d+)\D*\../.exec(file.filename.slice(name.length + 1))?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })
  return Math.max(0, ...counters) + 1
}
