import { expect, it } from 'vitest'
import type { Graph } from '../../src/domain/graph.ts'
import { exchangeChanges, type Sent } from '../../src/record/exchange-changes.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const upload = (name: string, content: string | null): Sent => ({
  kind: 'upload',
  name,
  bytes: content === null ? null : bytes(content),
})
const workflow = (name: string, graph: Graph): Sent => ({ kind: 'workflow', name, graph })
const image = (color: number, filename_prefix: string): Graph => ({
  1: { class_type: 'EmptyImage', inputs: { color } },
  2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix } },
})

it('tells what is unchanged, changed in what, new and gone', () => {
  const planned = [
    upload('a.png', 'pixels'),
    upload('b.png', 'other pixels'),
    upload('{{run}}_reference.png', null),
    upload('c.png', 'pixels'),
    workflow('red', image(1, 'pr-smoke/{{run}}/image')),
    workflow('green', image(2, 'pr-smoke/{{run}}/image')),
    workflow('wider', {
      1: { class_type: 'EmptyLatent', inputs: { width: 64 } },
      2: { class_type: 'SaveImage', inputs: { images: ['1', 1], overwrite: true } },
      3: { class_type: 'PreviewImage', inputs: {} },
    }),
    workflow('sound', { 1: { class_type: 'LoadAudio', inputs: {} } }),
  ]
  const recorded = [
    upload('a.png', '--x\r\npixels\r\n--x'),
    upload('b.png', '--x\r\npixels\r\n--x'),
    upload('run_of_may_reference.png', '--x\r\nframe\r\n--x'),
    upload('d.png', ''),
    workflow('first', image(1, 'pr-smoke/b529f4ec/image')),
    workflow('second', image(2, 'elsewhere/image')),
    workflow('third', image(3, 'x')),
    workflow('film', { 7: { class_type: 'SaveVideo', inputs: {} } }),
  ]
  expect(exchangeChanges(planned, recorded)).toEqual([
    '= a.png: unchanged',
    '~ b.png: other bytes',
    '= {{run}}_reference.png: unchanged',
    '+ c.png: new',
    '= red: unchanged',
    '~ green: node 2 (SaveImage), filename_prefix: "elsewhere/image" → "pr-smoke/{{run}}/image"',
    '~ wider: node 1 (EmptyImage → EmptyLatent), color: 3 → nothing; node 1 (EmptyImage → EmptyLatent), width: nothing → 64; ' +
      'node 2 (SaveImage), images: output 0 of node 1 → output 1 of node 1; ' +
      'node 2 (SaveImage), filename_prefix: "x" → nothing; node 2 (SaveImage), overwrite: nothing → true; ' +
      'node 3 (PreviewImage) is new',
    '+ sound: new',
    '- d.png: gone',
    '- film: gone',
  ])
})

it('takes a workflow for the one that it has most in common with', () => {
  const planned = [workflow('now', image(1, 'b'))]
  const recorded = [workflow('far', { 1: { class_type: 'EmptyImage', inputs: {} } }), workflow('near', image(1, 'a'))]
  expect(exchangeChanges(planned, recorded)).toEqual([
    '~ now: node 2 (SaveImage), filename_prefix: "a" → "b"',
    '- far: gone',
  ])
})
