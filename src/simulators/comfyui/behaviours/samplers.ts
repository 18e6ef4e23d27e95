import { bytesOf } from '../../media/byte-source.ts'
import { colourOf } from '../../media/colour.ts'
import { flatImages } from '../../media/image-sequence.ts'
import { jpeg } from '../../media/jpeg.ts'
import { PythonError } from '../python/py.ts'
import type { OwnBehaviour } from './own-node.ts'
import type { NodeInputs, ProgressTick } from './running-node.ts'

const PREVIEW_SIZE = 512

const sampler: Omit<OwnBehaviour, 'classType'> = {
  progress: stepTicks,
  run: (inputs) => ({ result: [sampled(inputs)] }),
}

/** Samplers keep the latent's shape and tell of every step (nodes.py). */
export const samplerBehaviours: readonly OwnBehaviour[] = [
  { classType: 'KSampler', ...sampler },
  { classType: 'KSamplerAdvanced', ...sampler },
]

/** KSamplerAdvanced runs from `start_at_step` to `end_at_step`, held within `steps`. */
function stepsOf(inputs: NodeInputs): number {
  const steps = inputs.number('steps', 20)
  const end = Math.min(steps, inputs.number('end_at_step', steps))
  return Math.max(0, end - Math.min(end, inputs.number('start_at_step', 0)))
}

function stepTicks(inputs: NodeInputs): ProgressTick[] {
  checkTokens(inputs)
  const steps = stepsOf(inputs)
  const { images } = sampled(inputs)
  const scale = Math.min(1, PREVIEW_SIZE / Math.max(images.width, images.height))
  const [width, height] = [
    Math.max(1, Math.round(images.width * scale)),
    Math.max(1, Math.round(images.height * scale)),
  ]
  const preview = jpeg({ width, height, colour: images.segments[0]?.colour ?? 0 })
  return Array.from({ length: steps }, (_, index) => ({
    progress: { value: BigInt(index + 1), max: BigInt(steps) },
    preview: {
      format: 'jpeg',
      get bytes() {
        return bytesOf(preview)
      },
    },
  }))
}

/** New noise means a new picture; a latent that is only finished keeps its own. */
function sampled(inputs: NodeInputs) {
  const latent = inputs.get('latent_image', 'latent')
  if (inputs.text('add_noise') === 'disable') return latent
  const seed = inputs.text('noise_seed', inputs.text('seed'))
  const colour = colourOf(seed, inputs.find('positive', 'opaque')?.colour ?? 0)
  const { width, height, segments } = latent.images
  const frames = segments.reduce((sum, segment) => sum + segment.frames, 0)
  return { ...latent, images: flatImages(width, height, frames, colour) }
}

/** VACE adds its context to the latent token by token; a token is 2 x 2 latent pixels of one frame. */
function checkTokens(inputs: NodeInputs): void {
  const context = inputs.find('positive', 'opaque')?.shape
  const { shape } = inputs.get('latent_image', 'latent')
  if (!context || tokens(context) === tokens(shape)) return
  const message = `The size of tensor a (${tokens(shape)}) must match the size of tensor b (${tokens(context)})`
  throw new PythonError('RuntimeError', `${message} at non-singleton dimension 1`)
}

function tokens(shape: readonly number[]): number {
  const [height = 1, width = 1] = shape.slice(-2)
  return (shape.at(-3) ?? 1) * Math.ceil(height / 2) * Math.ceil(width / 2)
}
