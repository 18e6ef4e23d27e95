import { frameCount } from '../../media/byte-source.ts'
import type { NodeResult } from '../execute/node-runner.ts'
import { data, type Value } from '../execute/value.ts'
import { savedName } from '../files/save-path.ts'
import { dict, isDict, type Py } from '../python/py.ts'
import { PythonError } from '../python/python-error.ts'
import type { CallInputs } from './call-inputs.ts'
import type { ComputeBehaviour, ComputeBehaviours, ComputeFacts } from './compute-behaviour.ts'
import { slice } from './compute-image.ts'
import { encode, write } from './compute-save.ts'

/** ComfyUI-VideoHelperSuite (videohelpersuite/load_video_nodes.py, nodes.py). */
export const vhsBehaviours: ComputeBehaviours = new Map<string, ComputeBehaviour>([
  ['VHS_LoadVideo', { compute: loadVideo }],
  ['VHS_VideoCombine', { compute: videoCombine }],
])

function loadVideo(inputs: CallInputs, { files, traits }: ComputeFacts): NodeResult {
  const name = inputs.text('video')
  const file = files.find(name)
  if (file?.content.kind !== 'video') {
    throw new PythonError('ValueError', `${file?.path ?? name} could not be loaded with cv.`)
  }
  const { images, fps } = file.content
  const skip = inputs.number('skip_first_frames', 0)
  const step = Math.max(1, inputs.number('select_every_nth', 1))
  const cap = inputs.number('frame_load_cap', 0) || Number.POSITIVE_INFINITY
  const count = Math.min(cap, Math.ceil(Math.max(0, frameCount(images) - skip) / step))
  const width = inputs.number('custom_width', 0) || images.width
  const height = inputs.number('custom_height', 0) || images.height
  const loaded = { ...slice(images, skip, count), width, height }
  const info = dict({ source_fps: fps, source_frame_count: BigInt(frameCount(images)), loaded_fps: fps })
  const outputs: Value[] = [
    { kind: 'images', images: loaded },
    data(BigInt(count)),
    { kind: 'opaque', type: 'AUDIO', colour: 0 },
    data(info),
  ]
  return { outputs: outputs.slice(0, traits.outputs.length) }
}

/** The container follows from `format`; without `save_output` the file is temporary. */
function videoCombine(inputs: CallInputs, facts: ComputeFacts): NodeResult {
  const { images } = inputs.get('images', 'images')
  const fps = inputs.number('frame_rate', 8)
  const format = inputs.text('format', 'image/gif')
  const type = inputs.data('save_output') === false ? 'temp' : 'output'
  const path = facts.files.savePath(inputs.text('filename_prefix', 'AnimateDiff'), type, images)
  const [kind, name = ''] = format.split('/')
  const extension = kind === 'image' ? name : (/(mp4|webm|mkv|mov|gif)$/.exec(name)?.[1] ?? 'mov')
  // Names are `<prefix>_00001.mp4`: no underscore before the extension, unlike the core nodes.
  const filename = savedName(path, extension).replace(/_\.(\w+)$/, '.$1')
  const content = { kind: 'video', images, fps } as const
  const entry = write(facts.files, path, filename, type, encode(images, fps, facts.metadata()), content)
  const workflow = filename.replace(/\.\w+$/, '.png')
  const directory = facts.files.directory(type)
  const fullpath = [directory, path.subfolder, filename].filter(Boolean).join('/')
  const gif = isDict(entry) ? new Map<string, Py>([...entry, ['format', format], ['frame_rate', fps]]) : entry
  if (isDict(gif)) gif.set('workflow', workflow).set('fullpath', fullpath)
  return { ui: new Map([['gifs', [gif]]]), outputs: [data([type === 'output', [fullpath]])] }
}
