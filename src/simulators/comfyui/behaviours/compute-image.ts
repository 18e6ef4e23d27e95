import { flatImages, frameCount, type ImageBatch, slice } from '../../media/image-batch.ts'
import { data, type Value } from '../execute/value.ts'
import type { CallInputs } from './call-inputs.ts'
import type { ComputeBehaviour, ComputeBehaviours } from './compute-behaviour.ts'

const images = (batch: ImageBatch): Value => ({ kind: 'images', images: batch })

/** Nodes that make, cut, join and scale image batches (nodes.py, comfy_extras/nodes_images.py). */
export const imageBehaviours: ComputeBehaviours = new Map<string, ComputeBehaviour>([
  [
    'EmptyImage',
    {
      compute: (inputs) => ({
        outputs: [
          images(
            flatImages(
              inputs.number('width', 512),
              inputs.number('height', 512),
              inputs.number('batch_size', 1),
              inputs.number('color', 0),
            ),
          ),
        ],
      }),
    },
  ],
  ['ImageBatch', { compute: (inputs) => ({ outputs: [images(joined(inputs))] }) }],
  ['ImageFromBatch', { compute: (inputs) => ({ outputs: [images(cut(inputs))] }) }],
  ['ImageScale', { compute: (inputs) => ({ outputs: [images(scaled(inputs))] }) }],
  [
    'ImageScaleBy',
    {
      compute: (inputs) => {
        const { images: given } = inputs.get('image', 'images')
        const by = inputs.number('scale_by', 1)
        const sized = { ...given, width: Math.round(given.width * by), height: Math.round(given.height * by) }
        return { outputs: [images(sized)] }
      },
    },
  ],
  [
    'RepeatImageBatch',
    {
      compute: (inputs) => {
        const { images: given } = inputs.get('image', 'images')
        const segments = Array.from({ length: inputs.number('amount', 1) }, () => given.segments).flat()
        return { outputs: [images({ ...given, segments })] }
      },
    },
  ],
  ['RebatchImages', { inputIsList: true, compute: (inputs) => ({ outputs: [rebatched(inputs)] }) }],
  [
    'GetImageSize',
    {
      ticks: (inputs) => {
        const { images: given } = inputs.get('image', 'images')
        return [{ text: `width: ${given.width}, height: ${given.height}\n batch size: ${frameCount(given)}` }]
      },
      compute: (inputs) => {
        const { images: given } = inputs.get('image', 'images')
        return { outputs: [given.width, given.height, frameCount(given)].map((size) => data(BigInt(size))) }
      },
    },
  ],
])

/** The second batch is scaled to the size of the first when they differ. */
function joined(inputs: CallInputs): ImageBatch {
  const first = inputs.get('image1', 'images').images
  const second = inputs.get('image2', 'images').images
  return { ...first, segments: [...first.segments, ...second.segments] }
}

/** All images of the list in batches of `batch_size`, the last one with what is left. */
function rebatched({ call }: CallInputs): Value[] {
  const batches = (call.lists.get('images') ?? []).flatMap((value) => (value.kind === 'images' ? [value.images] : []))
  const [first] = batches
  const [size] = (call.lists.get('batch_size') ?? []).flatMap((value) =>
    value.kind === 'data' ? [Number(value.data)] : [],
  )
  if (!first || !size) return []
  const all = { ...first, segments: batches.flatMap(({ segments }) => segments) }
  const count = Math.ceil(frameCount(all) / size)
  return Array.from({ length: count }, (_, index) => images(slice(all, index * size, size)))
}

/** `batch_index` is held within the batch, `length` within what is left of it. */
function cut(inputs: CallInputs): ImageBatch {
  const { images: given } = inputs.get('image', 'images')
  const count = frameCount(given)
  const start = Math.min(count - 1, inputs.number('batch_index', 0))
  return slice(given, start, Math.min(count - start, inputs.number('length', 1)))
}

/** A width or height of 0 keeps the proportions; both 0 keep the image. */
function scaled(inputs: CallInputs): ImageBatch {
  const { images: given } = inputs.get('image', 'images')
  const [width, height] = [inputs.number('width', 0), inputs.number('height', 0)]
  if (width === 0 && height === 0) return given
  return {
    ...given,
    width: width || Math.max(1, Math.round((given.width * height) / given.height)),
    height: height || Math.max(1, Math.round((given.height * width) / given.width)),
  }
}
