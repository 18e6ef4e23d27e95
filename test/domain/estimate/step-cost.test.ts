import { expect, it } from 'vitest'
import { forwardOf } from '../../../src/domain/estimate/forward.ts'
import { type SizedGraph, stepCost } from '../../../src/domain/estimate/step-cost.ts'

const latent = (inputs: object, class_type = 'EmptyHunyuanLatentVideo') => ({ class_type, inputs: { ...inputs } })
const size = { width: 832, height: 480, length: 81 }
const graph = (cfg: unknown, source = latent(size)): SizedGraph => ({
  1: source,
  2: { class_type: 'KSamplerAdvanced', inputs: { cfg, latent_image: ['1', 0] } },
})
const computed = (more: object) => {
  const { linear, attention } = forwardOf({ ...size, frames: 81, references: 0, vace: false, ...more })
  return linear + attention
}

it.each([
  ['a step', graph(1), computed({})],
  ['one with guidance', graph(3.5), 2 * computed({})],
  ['one whose guidance comes from another node', graph(['9', 0]), computed({})],
  ['one with VACE', graph(1, latent(size, 'WanVaceToVideo')), computed({ vace: true })],
  [
    'one with a reference picture',
    graph(1, latent({ ...size, reference_image: ['7', 0] }, 'WanVaceToVideo')),
    computed({ vace: true, references: 1 }),
  ],
  ['one of pictures', graph(1, latent({ width: 512, height: 512 })), null],
])('%s costs what its model computes', (_, sampled, cost) => {
  expect(stepCost(sampled, '2')).toBe(cost)
  expect(stepCost(sampled, '1')).toBeNull()
})
