import { everyNth, frameCount, type ImageBatch, slice } from '../../media/image-batch.ts'
import { data, type Value } from '../execute/value.ts'
import type { ComputeBehaviour, ComputeBehaviours } from './compute-behaviour.ts'

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
