import { everyNth, frameCount, type ImageSequence, slice } from '../../media/image-sequence.ts'
import type { OwnBehaviour } from './own-node.ts'
import type { NodeOutput } from './running-node.ts'

const counted = (...batches: ImageSequence[]): NodeOutput[] =>
  batches.flatMap((images): NodeOutput[] => [{ kind: 'images', images }, BigInt(frameCount(images))])

/** Image batches of ComfyUI-VideoHelperSuite (videohelpersuite/batched_nodes.py, utils). Counts go with the images. */
export const vhsImageBehaviours: readonly OwnBehaviour[] = [
  {
    classType: 'VHS_GetImageCount',
    run: (inputs) => ({ result: [BigInt(frameCount(inputs.get('images', 'images').images))] }),
  },
  {
    classType: 'VHS_SplitImages',
    run: (inputs) => {
      const { images } = inputs.get('images', 'images')
      const total = frameCount(images)
      const at = Math.max(0, Math.min(total, inputs.number('split_index', 0)))
      return { result: counted(slice(images, 0, at), slice(images, at, total - at)) }
    },
  },
  {
    classType: 'VHS_DuplicateImages',
    run: (inputs) => {
      const { images } = inputs.get('images', 'images')
      const segments = Array.from({ length: inputs.number('multiply_by', 1) }, () => images.segments).flat()
      return { result: counted({ ...images, segments }) }
    },
  },
  {
    classType: 'VHS_MergeImages',
    run: (inputs) => {
      const [a, b] = [inputs.get('images_A', 'images').images, inputs.get('images_B', 'images').images]
      const size = inputs.text('merge_strategy') === 'match B' ? b : a
      return { result: counted({ ...size, segments: [...a.segments, ...b.segments] }) }
    },
  },
  {
    classType: 'VHS_SelectEveryNthImage',
    run: (inputs) => {
      const { images } = inputs.get('images', 'images')
      const [step, skip] = [inputs.number('select_every_nth', 1), inputs.number('skip_first_images', 0)]
      return { result: counted(everyNth(images, step, skip)) }
    },
  },
]
