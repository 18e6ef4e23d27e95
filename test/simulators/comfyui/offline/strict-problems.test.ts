import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Graph } from '../../../../src/domain/graph.ts'
import { checkGraph, checkPassPair, offlineServer } from '../../../../src/simulators/comfyui/offline/check-graph.ts'
import { twoPassGraph } from './two-pass-graph.ts'

const objectInfo = new URL('../../../../fixtures/workflows/object_info.json', import.meta.url)
const server = offlineServer(readFileSync(objectInfo, 'utf8'))

/** Problems as lines `message | hint`. */
const lines = (text: string, strict: boolean) =>
  checkGraph(text, server, { file: 'graph.json', strict }).map(({ message, hint }) => `${message} | ${hint}`)

it('finds nothing wrong with a good graph, even strictly', () => {
  expect(lines(twoPassGraph(), true)).toEqual([])
})

it.each<[string, (graph: Graph) => void, string[]]>([
  [
    'a link to an input that the class does not have',
    (g) => {
      g['12']!.inputs['audio'] = ['11', 0]
    },
    [
      'node 12 (SaveVideo): input "audio" is linked, but the class declares no such input | remove it unless the class takes any input.',
    ],
  ],
  [
    'a length that is not 4n+1',
    (g) => {
      g['6']!.inputs['length'] = 100
    },
    [
      'node 6 (WanVaceToVideo): input "length" is 100, not a length of 4n+1 frames; the model silently makes it smaller | use 97 or 101',
    ],
  ],
  [
    'a size that is no multiple of 16',
    (g) => {
      g['6']!.inputs['width'] = 488
    },
    [
      'node 6 (WanVaceToVideo): input "width" is 488, not a multiple of 16; the model silently makes it smaller | use 480 or 496',
    ],
  ],
  [
    'passes with different steps',
    (g) => {
      g['9']!.inputs['steps'] = 10
    },
    [
      'node 8 "HIGH" (KSamplerAdvanced) and node 9 "LOW" (KSamplerAdvanced) are two passes of one video but differ in steps: 8 and 10 | give both the same steps',
    ],
  ],
  [
    'passes with different shifts',
    (g) => {
      g['13'] = { class_type: 'ModelSamplingSD3', inputs: { model: ['2', 0], shift: 5 } }
      g['9']!.inputs['model'] = ['13', 0]
    },
    [
      'node 8 "HIGH" (KSamplerAdvanced) and node 9 "LOW" (KSamplerAdvanced) are two passes of one video but differ in shift: 8 and 5 | give both the same shift',
    ],
  ],
  [
    'a second pass that does not start where the first ended',
    (g) => {
      g['9']!.inputs['start_at_step'] = 3
    },
    [
      'node 8 "HIGH" (KSamplerAdvanced) ends at step 4, but node 9 "LOW" (KSamplerAdvanced) starts at step 3 | start at step 4',
    ],
  ],
  [
    'a second pass that adds noise',
    (g) => {
      g['9']!.inputs['add_noise'] = 'enable'
    },
    [
      'node 9 "LOW" (KSamplerAdvanced): add_noise is enable, but the pass starts at step 4, on a latent that has its noise | set add_noise to disable',
    ],
  ],
  [
    'a first pass that leaves no noise',
    (g) => {
      g['8']!.inputs['return_with_leftover_noise'] = 'disable'
    },
    [
      'node 8 "HIGH" (KSamplerAdvanced): return_with_leftover_noise is disable, but the pass ends at step 4 of 8 and another goes on | set return_with_leftover_noise to enable',
    ],
  ],
  [
    'a pass that samples nothing',
    (g) => {
      g['8']!.inputs['end_at_step'] = 0
    },
    [
      'node 8 "HIGH" (KSamplerAdvanced) samples nothing: it starts at step 0 and ends at 0 of 8 | start below the end',
      'node 8 "HIGH" (KSamplerAdvanced) ends at step 0, but node 9 "LOW" (KSamplerAdvanced) starts at step 4 | start at step 0',
    ],
  ],
  [
    'a negative prompt at cfg 1',
    (g) => {
      g['13'] = { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['4', 0] } }
      g['6']!.inputs['negative'] = ['13', 0]
    },
    [
      'node 8 "HIGH" (KSamplerAdvanced): cfg is 1, so the negative prompt of node 13 (CLIPTextEncode) has no effect | empty the negative prompt, or raise cfg above 1',
      'node 9 "LOW" (KSamplerAdvanced): cfg is 1, so the negative prompt of node 13 (CLIPTextEncode) has no effect | empty the negative prompt, or raise cfg above 1',
    ],
  ],
  [
    'a node that leads nowhere',
    (g) => {
      g['13'] = { class_type: 'VAELoader', inputs: { vae_name: 'wan_2.1_vae.safetensors' } }
    },
    ['node 13 (VAELoader) leads to no output and never runs | remove it or link it'],
  ],
])('strictly tells of %s', (_, change, expected) => {
  expect(lines(twoPassGraph(change), true)).toEqual(expected)
})

it('strictly tells of a seed that doubles cannot hold', () => {
  const text = twoPassGraph().replace('"noise_seed":7', '"noise_seed":1152921504606847999')
  expect(lines(text, true)).toEqual([
    'node 8 "HIGH" (KSamplerAdvanced): input "noise_seed" is 1152921504606847999, which programs that keep numbers as doubles turn into 1152921504606848000 | stay within 9007199254740991',
  ])
})

it('leaves what the server accepts alone unless it is strict', () => {
  const text = twoPassGraph((graph) => {
    graph['6']!.inputs['width'] = 488
    graph['9']!.inputs['steps'] = 10
  })
  expect(lines(text, false)).toEqual([])
})

it('compares the passes of two graphs', () => {
  const low = twoPassGraph((graph) => {
    graph['3']!.inputs['shift'] = 5
    graph['9']!.inputs['start_at_step'] = 5
  })
  const problems = checkPassPair(twoPassGraph(), { file: 'low.json', text: low }, server)
  expect(problems.map(({ file, message }) => `${file}: ${message}`)).toEqual([
    'low.json: node 8 "HIGH" (KSamplerAdvanced) and node 9 "LOW" (KSamplerAdvanced) are two passes of one video but differ in shift: 8 and 5',
    'low.json: node 8 "HIGH" (KSamplerAdvanced) ends at step 4, but node 9 "LOW" (KSamplerAdvanced) starts at step 5',
  ])
})
