import { flatImages, frameCount, type ImageSequence, slice } from '../../media/image-sequence.ts'
import type { Value } from '../execute/value.ts'
import { PythonError } from '../python/py.ts'
import type { OwnBehaviour } from './own-node.ts'
import type { NodeInputs } from './running-node.ts'

const images = (batch: ImageSequence): Value => ({ kind: 'images', images: batch })

/** Nodes that make, cut, join and scale image batches, also those of films (nodes.py, comfy_extras/nodes_images.py, nodes_video.py). */
export const imageBehaviours: readonly OwnBehaviour[] = [
  {
    classType: 'EmptyImage',
    run: (inputs) => ({
      result: [
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
  { classType: 'ImageBatch', run: (inputs) => ({ result: [images(joined(inputs))] }) },
  { classType: 'ImageFromBatch', run: (inputs) => ({ result: [images(cut(inputs))] }) },
  { classType: 'ImageScale', run: (inputs) => ({ result: [images(scaled(inputs))] }) },
  {
    classType: 'ImageScaleBy',
    run: (inputs) => {
      const { images: given } = inputs.get('image', 'images')
      const by = inputs.number('scale_by', 1)
      const sized = { ...given, width: Math.round(given.width * by), height: Math.round(given.height * by) }
      return { result: [images(sized)] }
    },
  },
  {
    classType: 'RepeatImageBatch',
    run: (inputs) => {
      const { images: given } = inputs.get('image', 'images')
      const segments = Array.from({ length: inputs.number('amount', 1) }, () => given.segments).flat()
      return { result: [images({ ...given, segments })] }
    },
  },
  { classType: 'RebatchImages', inputIsList: true, run: (inputs) => ({ result: [rebatched(inputs)] }) },
  {
    classType: 'GetImageSize',
    progress: (inputs) => {
      const { images: given } = inputs.get('image', 'images')
      return [{ text: `width: ${given.width}, height: ${given.height}\n batch size: ${frameCount(given)}` }]
    },
    run: (inputs) => {
      const { images: given } = inputs.get('image', 'images')
      return { result: [given.width, given.height, frameCount(given)].map(BigInt) }
    },
  },
  {
    classType: 'CreateVideo',
    run: (inputs) => {
      const { images } = inputs.get('images', 'images')
      return { result: [{ kind: 'video', images, fps: inputs.number('fps', 30) }] }
    },
  },
  {
    classType: 'GetVideoComponents',
    run: (inputs, { traits }) => {
      const broken = inputs.find('video', 'opaque')
      if (broken) {
        const message = `[Errno 1094995529] Invalid data found when processing input: '${broken.type}'`
        throw new PythonError('av.error.InvalidDataError', message)
      }
      const { images, fps } = inputs.get('video', 'video')
      // A film without a sound track gives None, and CreateVideo takes that.
      // Films are made with 8 bits a colour.
      return { result: [{ kind: 'images', images }, null, fps, ...(traits.outputs.length > 3 ? [8n] : [])] }
    },
  },
]

/** The second batch is scaled to the size of the first when they differ. */
function joined(inputs: NodeInputs): ImageSequence {
  const first = inputs.get('image1', 'images').images
  const second = inputs.get('image2', 'images').images
  return { ...first, segments: [...first.segments, ...second.segments] }
}

/** All images of the list in batches of `batch_size`, the last one with what is left. */
function rebatched(inputs: NodeInputs): Value[] {
  const batches = inputs.list('images').flatMap((value) => (value.kind === 'images' ? [value.images] : []))
  const [first] = batches
  const size = inputs.number('batch_size', 0)
  if (!first || !size) return []
  const all = { ...first, segments: batches.flatMap(({ segments }) => segments) }
  const count = Math.ceil(frameCount(all) / size)
  return Array.from({ length: count }, (_, index) => images(slice(all, index * size, size)))
}

/** `batch_index` is held within the batch, `length` within what is left of it. */
function cut(inputs: NodeInputs): ImageSequence {
  const { images: given } = inputs.get('image', 'images')
  const count = frameCount(given)
  const start = Math.min(count - 1, inputs.number('batch_index', 0))
  return slice(given, start, Math.min(count - start, inputs.number('length', 1)))
}

/** A width or height of 0 keeps the proportions; both 0 keep the image. */
function scaled(inputs: NodeInputs): ImageSequence {
  const { images: given } = inputs.get('image', 'images')
  const [width, height] = [inputs.number('width', 0), inputs.number('height', 0)]
  if (width === 0 && height === 0) return given
  return {
    ...given,
    width: width || Math.max(1, Math.round((given.width * height) / given.height)),
    height: height || Math.max(1, Math.round((given.height * width) / given.width)),
  }
}
