import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Graph } from '../../../../src/domain/graph.ts'
import { checkGraph, offlineServer } from '../../../../src/simulators/comfyui/offline/check-graph.ts'
import { twoPassGraph } from './two-pass-graph.ts'

const objectInfo = new URL('../../../../fixtures/workflows/object_info.json', import.meta.url)
const server = offlineServer(readFileSync(objectInfo, 'utf8'))

it.each<[string, (graph: Graph) => void, string[]]>([
  [
    'a class of ComfyUI itself that an older server does not have',
    (g) => {
      g['10']!.class_type = 'ResizeImageMaskNode'
    },
    [
      'node 10 (ResizeImageMaskNode): the server has no class ResizeImageMaskNode | ComfyUI 0.29.0 has it itself: update ComfyUI on the server',
    ],
  ],
  ...['Note', 'MarkdownNote', 'Reroute', 'PrimitiveNode'].map((name): [string, (graph: Graph) => void, string[]] => [
    `${name}, which only the editor has`,
    (g) => {
      g['20'] = { class_type: name, inputs: {} }
    },
    [
      `node 20 (${name}): ${name} exists in the editor only, and no server or node pack has it | export the workflow again with "Export (API)"`,
    ],
  ]),
  [
    'ids of nodes that are numbers',
    (g) => {
      g['3']!.inputs['model'] = [2, 0] as never
      g['10']!.inputs['vae'] = [99, 0] as never
    },
    [
      expect.stringMatching(/^node 10 \(VAEDecode\): .*99/),
      'node 3 (ModelSamplingSD3): input "model" is linked to node 2 by a number, and ids must be text | write ["2", 0]',
    ],
  ],
])('tells of %s', (_, change, expected) => {
  const found = checkGraph(twoPassGraph(change), server, { file: 'graph.json' })
  expect(found.map(({ message, hint }) => `${message} | ${hint}`)).toEqual(expected)
})

it.each([
  ['a body of POST /prompt', (graph: string) => `{"client_id": "a", "prompt": ${graph}}`],
  ['one that holds it as text', (graph: string) => JSON.stringify({ prompt: graph })],
  ['a worker’s job', (graph: string) => `{"id": "job", "input": {"images": [], "workflow": ${graph}}}`],
  ['a worker’s job that holds it as text', (graph: string) => JSON.stringify({ input: { workflow: graph } })],
  ['a worker’s job with a body in it', (graph: string) => `{"input": {"prompt": {"prompt": ${graph}}}}`],
])('finds the workflow in %s', (_, wrap) => {
  const broken = twoPassGraph((graph) => {
    graph['5']!.class_type = 'CLIPTextEncod'
  })
  expect(checkGraph(wrap(twoPassGraph()), server, { file: 'a.json' })).toEqual([])
  expect(checkGraph(wrap(broken), server, { file: 'a.json' })).toMatchObject([{ node: { id: '5' } }])
})

it('says which text inside a file is no JSON', () => {
  expect(checkGraph('{"input": {"workflow": "{otter}"}}', server, { file: 'a.json' })).toMatchObject([
    { message: expect.stringMatching(/^the text in "workflow" is no JSON: .* at line 1, column 2$/) },
  ])
})
