import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { checkGraph, offlineServer } from '../../../../src/simulators/comfyui/offline/check-graph.ts'
import { twoPassGraph } from './two-pass-graph.ts'

const objectInfo = new URL('../../../../fixtures/workflows/object_info.json', import.meta.url)
const server = offlineServer(readFileSync(objectInfo, 'utf8'))

it('tells what is missing and where it belongs', () => {
  const text = twoPassGraph((graph) => {
    graph['2']!.inputs['lora_name'] = 'wan2.2_hihg_t2v.safetensors'
    graph['4']!.inputs['clip_name'] = 'umt5.gguf'
    graph['12']!.class_type = 'VHS_VideoCombin'
  })
  const missing = checkGraph(`{"type": "combine", "workflow": ${text}}`, server, { file: 'a.json' }).flatMap(
    (finding) => finding.missing ?? [],
  )
  expect(missing).toEqual([
    { kind: 'node class', name: 'VHS_VideoCombin', place: 'ComfyUI-VideoHelperSuite', nearest: 'VHS_VideoCombine' },
    {
      kind: 'LoRA',
      name: 'wan2.2_hihg_t2v.safetensors',
      place: 'models/loras',
      nearest: 'wan2.2_high_t2v.safetensors',
    },
    { kind: 'model', name: 'umt5.gguf', place: 'models/text_encoders', nearest: null },
  ])
})

it('tells where a file stops being JSON', () => {
  expect(checkGraph('{\n  "1": ', server, { file: 'graph.json' })).toEqual([
    {
      file: 'graph.json',
      message: 'the file is no JSON: Expecting value at line 2, column 8',
      hint: 'repair it there, or open it in ComfyUI and use "Export (API)"',
    },
  ])
})
