import { type Colour, colourOf } from '../../media/colour.ts'
import { flatImages, frameCount, slice } from '../../media/image-batch.ts'
import type { NodeResult } from '../execute/node-runner.ts'
import { data, type Value } from '../execute/value.ts'
import { PythonError } from '../python/py.ts'
import type { CallInputs } from './call-inputs.ts'
import type { ComputeBehaviour, ComputeBehaviours } from './compute-behaviour.ts'

/** Wan's VAE makes one latent frame of the first frame and of every four that follow. */
const latentFrames = (frames: number) => Math.floor((frames - 1) / 4) + 1
const decodedFrames = (frames: number) => 4 * (frames - 1) + 1

const emptyVideo = (channels: number): ComputeBehaviour => ({
  compute: (inputs) => ({ outputs: [latentOf(sizeOf(inputs), channels, inputs.colour())] }),
})

const emptyImage = (channels: number): ComputeBehaviour => ({
  compute: (inputs) => {
    const [width, height] = [inputs.number('width', 512), inputs.number('height', 512)]
    const batch = inputs.number('batch_size', 1)
    const shape = [batch, channels, Math.floor(height / 8), Math.floor(width / 8)]
    return { outputs: [{ kind: 'latent', shape, images: flatImages(width, height, batch, inputs.colour()) }] }
  },
})

/** Latents: empty ones, the codec, and cutting along time (nodes.py, comfy_extras/nodes_wan.py, nodes_latent.py). */
export const latentBehaviours: ComputeBehaviours = new Map<string, ComputeBehaviour>([
  ['EmptyLatentImage', emptyImage(4)],
  ['EmptySD3LatentImage', emptyImage(16)],
  ['EmptyHunyuanLatentVideo', emptyVideo(16)],
  ['WanVaceToVideo', { compute: wanVaceToVideo }],
  ['TrimVideoLatent', { compute: trimVideoLatent }],
  ['VAEDecode', { compute: decode }],
  ['VAEDecodeTiled', { compute: decode }],
  ['VAEEncode', { compute: encode }],
])

interface Size {
  readonly width: number
  readonly height: number
  readonly length: number
  readonly batch: number
}

function sizeOf(inputs: CallInputs): Size {
  return {
    width: inputs.number('width', 832),
    height: inputs.number('height', 480),
    length: inputs.number('length', 81),
    batch: inputs.number('batch_size', 1),
  }
}

function latentOf({ width, height, length, batch }: Size, channels: number, colour: Colour, more = 0): Value {
  const frames = latentFrames(length) + more
  const shape = [batch, channels, frames, Math.floor(height / 8), Math.floor(width / 8)]
  return { kind: 'latent', shape, images: flatImages(width, height, decodedFrames(frames), colour) }
}

/** A reference image takes a latent frame of its own in front, which output 3 tells. */
function wanVaceToVideo(inputs: CallInputs): NodeResult {
  const reference = inputs.first('images') && inputs.call.inputs.get('reference_image')?.kind === 'images' ? 1 : 0
  const positive = inputs.find('positive', 'opaque')?.colour ?? 0
  const latent = latentOf(sizeOf(inputs), 16, positive, reference)
  const shape = latent.kind === 'latent' ? latent.shape : []
  const conditioning = (name: string): Value => ({
    kind: 'opaque',
    type: 'CONDITIONING',
    colour: inputs.find(name, 'opaque')?.colour ?? 0,
    shape,
  })
  return { outputs: [conditioning('positive'), conditioning('negative'), latent, data(BigInt(reference))] }
}

function trimVideoLatent(inputs: CallInputs): NodeResult {
  const { shape, images } = inputs.get('samples', 'latent')
  const trim = inputs.number('trim_amount', 0)
  const [batch = 1, channels = 16, frames = 1, ...rest] = shape
  const left = Math.max(0, frames - trim)
  const kept = slice(images, Math.min(4 * trim, frameCount(images)), decodedFrames(left))
  return { outputs: [{ kind: 'latent', shape: [batch, channels, left, ...rest], images: kept }] }
}

function decode(inputs: CallInputs): NodeResult {
  const { shape, images } = inputs.get('samples', 'latent')
  if (shape.includes(0)) throw new PythonError('RuntimeError', 'cannot decode a latent without frames')
  return { outputs: [{ kind: 'images', images }] }
}

function encode(inputs: CallInputs): NodeResult {
  const { images } = inputs.get('pixels', 'images')
  const [width, height] = [Math.floor(images.width / 8) * 8, Math.floor(images.height / 8) * 8]
  const length = frameCount(images)
  const colour = images.segments[0]?.colour ?? colourOf('VAEEncode')
  return { outputs: [latentOf({ width, height, length, batch: 1 }, 16, colour)] }
}
