import { flatImages, frameCount, type ImageSequence } from '../../media/image-sequence.ts'
import type { Value } from '../execute/value.ts'
import { PythonError } from '../python/py.ts'
import { pythonType } from './node-inputs.ts'
import type { OwnBehaviour } from './own-node.ts'
import type { NodeInputs } from './running-node.ts'

interface Size {
  readonly width: number
  readonly height: number
}

/** V3 nodes that take any number of inputs, or one of several kinds (comfy_extras/nodes_post_processing.py, nodes_images.py). */
export const batchBehaviours: readonly OwnBehaviour[] = [
  { classType: 'BatchImagesNode', run: (inputs) => ({ result: [joined(inputs, 'images')] }) },
  { classType: 'BatchMasksNode', run: (inputs) => ({ result: [joined(inputs, 'masks')] }) },
  { classType: 'BatchLatentsNode', run: (inputs) => ({ result: [joinedLatents(inputs)] }) },
  { classType: 'ResizeImageMaskNode', run: (inputs) => ({ result: [resized(inputs)] }) },
  {
    classType: 'ImageCropV2',
    run: (inputs, node) => {
      const cropped = { kind: 'images', images: cropOf(inputs) } as const
      const prefix = `ComfyUI_temp_${node.instanceLetters()}`
      return { ui: { images: node.save(cropped, { prefix, type: 'temp' }), animated: [false] }, result: [cropped] }
    },
  },
]

/** The parts of an autogrown input, in the order in which the node has them. */
function partsOf(inputs: NodeInputs, parameter: string): Value[] {
  return inputs.names().flatMap((name) => (name.startsWith(`${parameter}.`) ? (inputs.value(name) ?? []) : []))
}

/** All take the size of the first. */
function joined(inputs: NodeInputs, parameter: 'images' | 'masks'): Value {
  const parts = partsOf(inputs, parameter).map((value) => {
    if (value.kind === 'images') return value.images
    if (value.kind === 'mask') return flatImages(value.width, value.height, value.count, 0)
    throw withoutShape(value)
  })
  const [first = flatImages(0, 0, 0, 0)] = parts
  if (parameter === 'images')
    return { kind: 'images', images: { ...first, segments: parts.flatMap((part) => part.segments) } }
  const count = parts.reduce((sum, part) => sum + frameCount(part), 0)
  return { kind: 'mask', width: first.width, height: first.height, count, level: 1 }
}

function withoutShape(value: Value | undefined): PythonError {
  const type = value ? pythonType(value) : 'NoneType'
  return new PythonError('AttributeError', `'${type}' object has no attribute 'shape'`)
}

function joinedLatents(inputs: NodeInputs): Value {
  const parts = partsOf(inputs, 'latents').flatMap((value) => (value.kind === 'latent' ? [value] : []))
  const [first] = parts
  if (!first) throw new PythonError('TypeError', "'NoneType' object is not subscriptable")
  const [, ...rest] = first.shape
  const batch = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 1), 0)
  const segments = parts.flatMap(({ images }) => images.segments)
  return { kind: 'latent', shape: [batch, ...rest], images: { ...first.images, segments } }
}

function resized(inputs: NodeInputs): Value {
  const given = inputs.value('input')
  if (given?.kind === 'mask') return { ...given, ...sizeFor(inputs, given) }
  if (given?.kind !== 'images') throw withoutShape(given)
  const { images } = given
  return { kind: 'images', images: { ...images, ...sizeFor(inputs, images) } }
}

const at = (inputs: NodeInputs, name: string) => inputs.number(`resize_type.${name}`, 0)

function sizeFor(inputs: NodeInputs, { width, height }: Size): Size {
  const by = (scale: number): Size => ({ width: whole(width * scale), height: whole(height * scale) })
  switch (inputs.text('resize_type')) {
    case 'scale dimensions':
      return dimensions(at(inputs, 'width'), at(inputs, 'height'), { width, height })
    case 'scale by multiplier':
      return by(at(inputs, 'multiplier'))
    case 'scale longer dimension':
      return by(at(inputs, 'longer_size') / Math.max(width, height))
    case 'scale shorter dimension':
      return by(at(inputs, 'shorter_size') / Math.min(width, height))
    case 'scale width':
      return dimensions(at(inputs, 'width'), 0, { width, height })
    case 'scale height':
      return dimensions(0, at(inputs, 'height'), { width, height })
    case 'scale total pixels':
      return by(Math.sqrt((at(inputs, 'megapixels') * 1024 * 1024) / (width * height)))
    case 'match size':
      return matched(inputs) ?? { width, height }
    default: {
      const multiple = Math.max(1, at(inputs, 'multiple'))
      const down = (side: number) => Math.max(multiple, Math.floor(side / multiple) * multiple)
      return { width: down(width), height: down(height) }
    }
  }
}

/** A side of 0 follows from the other. */
function dimensions(width: number, height: number, old: Size): Size {
  return {
    width: width || (height ? whole((old.width * height) / old.height) : old.width),
    height: height || (width ? whole((old.height * width) / old.width) : old.height),
  }
}

function matched(inputs: NodeInputs): Size | null {
  const other = inputs.value('resize_type.match')
  if (other?.kind === 'images') return { width: other.images.width, height: other.images.height }
  return other?.kind === 'mask' ? { width: other.width, height: other.height } : null
}

const whole = (side: number) => Math.max(1, Math.round(side))

/** The part of the region that lies in the picture. */
function cropOf(inputs: NodeInputs): ImageSequence {
  const { images } = inputs.get('image', 'images')
  const region = inputs.data('crop_region')
  const side = (name: string) => (region instanceof Map ? Number(region.get(name) ?? 0) : 0)
  const x = Math.min(side('x'), images.width - 1)
  const y = Math.min(side('y'), images.height - 1)
  const width = Math.max(1, Math.min(side('width'), images.width - x))
  return { ...images, width, height: Math.max(1, Math.min(side('height'), images.height - y)) }
}
