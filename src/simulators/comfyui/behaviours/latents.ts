import { type Colour, colourOf } from '../../media/colour.ts'
import { flatImages, frameCount, slice } from '../../media/image-sequence.ts'
import type { Value } from '../execute/value.ts'
import { PythonError } from '../python/py.ts'
import type { OwnBehaviour } from './own-node.ts'
import type { NodeInputs, NodeReturn } from './running-node.ts'

/** Wan's VAE makes one latent frame of the first frame and of every four that follow. */
const latentFrames = (frames: number) => Math.floor((frames - 1) / 4) + 1
const decodedFrames = (frames: number) => 4 * (frames - 1) + 1

const emptyVideo = (channels: number): Pick<OwnBehaviour, 'run'> => ({
  run: (inputs) => ({ result: [latentOf(sizeOf(inputs), channels, inputs.colour())] }),
})

const emptyImage = (channels: number): Pick<OwnBehaviour, 'run'> => ({
  run: (inputs) => {
    const [width, height] = [inputs.number('width', 512), inputs.number('height', 512)]
    const batch = inputs.number('batch_size', 1)
    const shape = [batch, channels, Math.floor(height / 8), Math.floor(width / 8)]
    return { result: [{ kind: 'latent', shape, images: flatImages(width, height, batch, inputs.colour()) }] }
  },
})

/** Latents: empty ones, the codec, and cutting along time (nodes.py, comfy_extras/nodes_wan.py, nodes_latent.py). */
export const latentBehaviours: readonly OwnBehaviour[] = [
  { classType: 'EmptyLatentImage', ...emptyImage(4) },
  { classType: 'EmptySD3LatentImage', ...emptyImage(16) },
  { classType: 'EmptyHunyuanLatentVideo', ...emptyVideo(16) },
  { classType: 'WanVaceToVideo', run: wanVaceToVideo },
  { classType: 'TrimVideoLatent', run: trimVideoLatent },
  { classType: 'VAEDecode', parameters: ['vae', 'samples'], run: decode },
  { classType: 'VAEDecodeTiled', run: decode },
  { classType: 'VAEEncode', parameters: ['vae', 'pixels'], run: encode },
]

interface Size {
  readonly width: number
  readonly height: number
  readonly length: number
  readonly batch: number
}

function sizeOf(inputs: NodeInputs): Size {
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
function wanVaceToVideo(inputs: NodeInputs): NodeReturn {
  const reference = inputs.find('reference_image', 'images') ? 1 : 0
  const positive = inputs.find('positive', 'opaque')?.colour ?? 0
  const latent = latentOf(sizeOf(inputs), 16, positive, reference)
  const shape = latent.kind === 'latent' ? latent.shape : []
  const conditioning = (name: string): Value => ({
    kind: 'opaque',
    type: 'CONDITIONING',
    colour: inputs.find(name, 'opaque')?.colour ?? 0,
    shape,
  })
  return { result: [conditioning('positive'), conditioning('negative'), latent, BigInt(reference)] }
}

function trimVideoLatent(inputs: NodeInputs): NodeReturn {
  const { shape, images } = inputs.get('samples', 'latent')
  const trim = inputs.number('trim_amount', 0)
  const [batch = 1, channels = 16, frames = 1, ...rest] = shape
  const left = Math.max(0, frames - trim)
  const kept = slice(images, Math.min(4 * trim, frameCount(images)), decodedFrames(left))
  return { result: [{ kind: 'latent', shape: [batch, channels, left, ...rest], images: kept }] }
}

function decode(inputs: NodeInputs): NodeReturn {
  const { shape, images } = inputs.get('samples', 'latent')
  if (shape.includes(0)) throw new PythonError('RuntimeError', 'cannot decode a latent without frames')
  return { result: [{ kind: 'images', images }] }
}

function encode(inputs: NodeInputs): NodeReturn {
  const { images } = inputs.get('pixels', 'images')
  const [width, height] = [Math.floor(images.width / 8) * 8, Math.floor(images.height / 8) * 8]
  const length = frameCount(images)
  const colour = images.segments[0]?.colour ?? colourOf('VAEEncode')
  return { result: [latentOf({ width, height, length, batch: 1 }, 16, colour)] }
}
