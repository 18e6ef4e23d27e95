import { frameCount, type ImageBatch } from '../../media/byte-source.ts'
import { data, type Value } from '../execute/value.ts'
import type { ComputeBehaviour, ComputeBehaviours } from './compute-behaviour.ts'
import { slice } from './compute-image.ts'

const counted = (...batches: ImageBatch[]): Value[] =>
  batches.flatMap((images): Value[] => [{ kind: 'images', images }, data(BigInt(frameCount(images)))])

/** Image batches of ComfyUI-VideoHelperSuite (videohelpersuite/batched_nodes.py, utils). Counts go with the images. */
export const vhsImageBehaviours: ComputeBehaviours = new Map<string, ComputeBehaviour>([
  [
    'VHS_GetImageCount',
    { compute: (inputs) => ({ outputs: [data(BigInt(frameCount(inputs.get('images', 'images').images)))] }) },
  ],
  [
    'VHS_SplitImages',
    {
      compute: (inputs) => {
        const { images } = inputs.get('images', 'images')
        const total = frameCount(images)
        const at = Math.max(0, Math.min(total, inputs.number('split_index', 0)))
        return { outputs: counted(slice(images, 0, at), slice(images, at, total - at)) }
      },
    },
  ],
  [
    'VHS_DuplicateImages',
    {
      compute: (inputs) => {
        const { images } = inputs.get('images', 'images')
        const segments = Array.from({ length: inputs.number('multiply_by', 1) }, () => images.segments).flat()
        return { outputs: counted({ ...images, segments }) }
      },
    },
  ],
  [
    'VHS_MergeImages',
    {
      compute: (inputs) => {
        const [a, b] = [inputs.get('images_A', 'images').images, inputs.get('images_B', 'images').images]
        const size = inputs.text('merge_strategy') === 'match B' ? b : a
        return { outputs: counted({ ...size, segments: [...a.segments, ...b.segments] }) }
      },
    },
  ],
  [
    'VHS_SelectEveryNthImage',
    {
      compute: (inputs) => {
        const { images } = inputs.get('images', 'images')
        const [step, skip] = [inputs.number('select_every_nth', 1), inputs.number('skip_first_images', 0)]
        return { outputs: counted(everyNth(images, step, skip)) }
      },
    },
  ],
])

/** Frames `skip`, `skip + step`, `skip + 2 step` … */
export function everyNth(images: ImageBatch, step: number, skip: number): ImageBatch {
  if (step <= 1) return slice(images, skip, frameCount(images) - skip)
  let at = 0
  const segments = images.segments.map(({ frames, colour }) => {
    const taken = (before: number) => Math.max(0, Math.ceil((before - skip) / step))
    const share = taken(at + frames) - taken(at)
    at += frames
    return { frames: share, colour }
  })
  return { ...images, segments: segments.filter(({ frames }) => frames > 0) }
}
