import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Graph, GraphNode } from '../../../../src/domain/graph.ts'
import { checkGraph, offlineServer } from '../../../../src/simulators/comfyui/offline/check-graph.ts'
import { twoPassGraph } from './two-pass-graph.ts'

const objectInfo = new URL('../../../../fixtures/workflows/object_info.json', import.meta.url)
const server = offlineServer(readFileSync(objectInfo, 'utf8'))

/** Problems as lines `message | hint`. */
const lines = (text: string) =>
  checkGraph(text, server, { file: 'graph.json', fileExists: () => false }).map(
    ({ message, hint }) => `${message} | ${hint}`,
  )

it('names file, value and cure of a problem', () => {
  const text = twoPassGraph((graph) => {
    graph['8']!.inputs['scheduler'] = 'simpel'
  })
  expect(checkGraph(`{"prompt": ${text}}`, server, { file: 'graph.json' })).toEqual([
    {
      file: 'graph.json',
      node: { id: '8', title: 'HIGH', class: 'KSamplerAdvanced' },
      input: 'scheduler',
      message: 'node 8 "HIGH" (KSamplerAdvanced): input "scheduler" cannot be "simpel"',
      value: 'simpel',
      hint: 'did you mean "simple"? The server allows: simple, sgm_uniform, karras, exponential, ddim_uniform, beta, normal, linear_quadratic and 1 more',
    },
  ])
})

it.each<[string, (graph: Graph) => void, string[]]>([
  [
    'a model that the server does not have',
    (g) => {
      g['1']!.inputs['unet_name'] = 'Wan2.2_T2V_High_Noise_14B_VACE-Q8.gguf'
    },
    [
      'node 1 (UnetLoaderGGUF): the server has no model "Wan2.2_T2V_High_Noise_14B_VACE-Q8.gguf" (input "unet_name") | did you mean "Wan2.2_T2V_High_Noise_14B_VACE-Q8_0.gguf"? The server has: Wan2.2_HIGH_Low_Noise_14B_VACE-Q8_0.gguf, Wan2.2_T2V_High_Noise_14B_VACE-Q8_0.gguf, Wan2.2_T2V_Low_Noise_14B_VACE-Q8_0.gguf',
    ],
  ],
  [
    'a LoRA that the server does not have',
    (g) => {
      g['2']!.inputs['lora_name'] = 'wan2.2_hihg_t2v.safetensors'
    },
    [
      'node 2 (LoraLoaderModelOnly): the server has no LoRA "wan2.2_hihg_t2v.safetensors" (input "lora_name") | did you mean "wan2.2_high_t2v.safetensors"? The server has: wan2.2_high_t2v.safetensors, wan2.2_low_t2v.safetensors',
    ],
  ],
  [
    'a class with a slip in its name',
    (g) => {
      g['3']!.class_type = 'ModelSamplingSD'
    },
    [
      'node 3 (ModelSamplingSD): the server has no class ModelSamplingSD | did you mean "ModelSamplingSD3"? Otherwise install the node pack that has this class',
    ],
  ],
  [
    'a class of a node pack that is not installed',
    (g) => {
      g['10']!.class_type = 'VHS_VAEDecodeBatched'
    },
    [
      'node 10 (VHS_VAEDecodeBatched): the server has no class VHS_VAEDecodeBatched | install the node pack ComfyUI-VideoHelperSuite on the server',
    ],
  ],
  [
    'a node without a class',
    (g) => {
      delete (g['5'] as Partial<GraphNode>).class_type
    },
    ['node 5 has no class_type | export the workflow again with "Export (API)"'],
  ],
  [
    'an input with a slip in its name',
    (g) => {
      g['8']!.inputs = { ...g['8']!.inputs, step: 8 }
      delete g['8']!.inputs['steps']
    },
    [
      'node 8 "HIGH" (KSamplerAdvanced): input "steps" is missing | the class has no input "step": did you mean "steps"?',
    ],
  ],
  [
    'an input that is left out',
    (g) => {
      delete g['6']!.inputs['vae']
    },
    ['node 6 (WanVaceToVideo): input "vae" is missing | add it: a value or a link to an output of type VAE'],
  ],
  [
    'a number below the range',
    (g) => {
      g['6']!.inputs['width'] = 0
    },
    ['node 6 (WanVaceToVideo): input "width": value 0 smaller than min of 16 | give a value from 16 up to 16384'],
  ],
  [
    'a number above the range',
    (g) => {
      g['8']!.inputs['cfg'] = 101
    },
    [
      'node 8 "HIGH" (KSamplerAdvanced): input "cfg": value 101.0 bigger than max of 100.0 | give a value from 0.0 up to 100.0',
    ],
  ],
  [
    'a text where a number belongs',
    (g) => {
      g['6']!.inputs['length'] = 'long'
    },
    ['node 6 (WanVaceToVideo): input "length" is long, which is no INT | give a whole number from 1 up to 16384'],
  ],
  [
    'a choice that is not in the list',
    (g) => {
      g['8']!.inputs['scheduler'] = 'simpel'
    },
    [
      'node 8 "HIGH" (KSamplerAdvanced): input "scheduler" cannot be "simpel" | did you mean "simple"? The server allows: simple, sgm_uniform, karras, exponential, ddim_uniform, beta, normal, linear_quadratic and 1 more',
    ],
  ],
  [
    'a link of the wrong type',
    (g) => {
      g['10']!.inputs['vae'] = ['4', 0]
    },
    [
      'node 10 (VAEDecode): input "vae" takes VAE but is linked to an output of type CLIP | link it to an output of type VAE',
    ],
  ],
  [
    'a link to a node that is not there',
    (g) => {
      g['10']!.inputs['samples'] = ['90', 0]
    },
    [
      'node 10 (VAEDecode): input "samples" is linked to node 90, which is not in the workflow | link it to a node that is there',
    ],
  ],
  [
    'a link to an output that is not there',
    (g) => {
      g['10']!.inputs['samples'] = ['9', 1]
    },
    [
      'node 10 (VAEDecode): input "samples" is linked to output 1 of node 9 "LOW" (KSamplerAdvanced), which has 1 | outputs are counted from 0',
    ],
  ],
  [
    'an array that is no link',
    (g) => {
      g['5']!.inputs['text'] = ['a', 0, 1]
    },
    [
      'node 5 "Prompt" (CLIPTextEncode): input "text" is an array but no link | a link is ["node id", output slot]; wrap a real array as {"__value__": […]}',
    ],
  ],
  [
    'a circle',
    (g) => {
      g['6']!.inputs['reference_image'] = ['10', 0]
    },
    [
      'links run in a circle: node 6 (WanVaceToVideo) ← node 10 (VAEDecode) ← node 9 "LOW" (KSamplerAdvanced) ← node 6 (WanVaceToVideo) | cut one of these links',
    ],
  ],
  [
    'no node that saves',
    (g) => {
      delete g['12']
    },
    [
      'no node of the workflow gives an output: the server would refuse it | add a node that saves something, such as SaveVideo or SaveImage',
    ],
  ],
  [
    'a node without inputs',
    (g) => {
      delete (g['7'] as Partial<GraphNode>).inputs
    },
    [
      'node 7 (VAELoader): input "vae_name" is missing | add it; the server allows: wan_2.1_vae.safetensors, pixel_space',
      'node 7 (VAELoader) has no inputs | give it "inputs": {} at least: the server stops working otherwise',
    ],
  ],
  [
    'a file that is not there',
    (g) => {
      g['9']!.inputs['latent_image'] = ['13', 0]
      g['13'] = { class_type: 'LoadLatent', inputs: { latent: 'nope.latent' } }
    },
    [
      'node 13 (LoadLatent): input "latent": Invalid latent file: nope.latent | upload the file first, or add " [output]" when it lies in the output folder',
    ],
  ],
  [
    'several faults at once',
    (g) => {
      g['1']!.inputs['unet_name'] = 'a.gguf'
      g['2']!.inputs['lora_name'] = 'b.safetensors'
      g['10']!.class_type = 'WanVideoDecode'
    },
    [
      'node 10 (WanVideoDecode): the server has no class WanVideoDecode | install the node pack ComfyUI-WanVideoWrapper on the server',
      'node 1 (UnetLoaderGGUF): the server has no model "a.gguf" (input "unet_name") | The server has: Wan2.2_HIGH_Low_Noise_14B_VACE-Q8_0.gguf, Wan2.2_T2V_High_Noise_14B_VACE-Q8_0.gguf, Wan2.2_T2V_Low_Noise_14B_VACE-Q8_0.gguf',
      'node 2 (LoraLoaderModelOnly): the server has no LoRA "b.safetensors" (input "lora_name") | The server has: wan2.2_high_t2v.safetensors, wan2.2_low_t2v.safetensors',
    ],
  ],
])('tells of %s', (_, change, expected) => {
  expect(lines(twoPassGraph(change))).toEqual(expected)
})

it.each([
  ['no object', '[]', 'the file holds no workflow: its JSON is no object'],
  [
    'the editor’s format',
    '{"nodes": [], "links": []}',
    'the file is a workflow in the editor’s format, which the server does not run',
  ],
  ['a node that is no object', '{"1": 5}', 'node 1 is no object with class_type and inputs'],
])('tells of %s', (_, text, message) => {
  const hint = 'open it in ComfyUI and use "Export (API)"'
  expect(checkGraph(text, server, { file: 'graph.json' })).toEqual([{ file: 'graph.json', message, hint }])
})
