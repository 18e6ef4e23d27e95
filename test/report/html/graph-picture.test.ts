import { expect, it } from 'vitest'
import type { Graph } from '../../../src/domain/graph.ts'
import { graphPicture } from '../../../src/report/html/graph-picture.ts'

const node = (inputs: Graph[string]['inputs'] = {}) => ({ class_type: 'Any', inputs })

/** Columns and rows of the boxes, in the order of the nodes. */
function places(graph: Graph): number[][] {
  return Array.from(graphPicture(graph).matchAll(/<rect x="(\d+)" y="(\d+)"/g), ([, x, y]) => [
    Number(x) / 208,
    Number(y) / 56,
  ])
}

it('puts each node right of all that it takes from', () => {
  const graph = { a: node(), b: node({ x: ['a', 0] }), c: node({ x: ['a', 0], y: ['b', 1] }), d: node() }
  expect(places(graph)).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
    [0, 1],
  ])
  expect(graphPicture(graph).match(/<path/g)).toHaveLength(3)
})

it('draws circles, links to nothing and a graph without nodes, too', () => {
  const circle = {
    a: node({ x: ['b', 0] }),
    b: node({ x: ['a', 0] }),
    c: node({ x: ['nowhere', 0], y: ['toString', 0] }),
  }
  expect(places(circle)).toEqual([
    [1, 0],
    [1, 1],
    [0, 0],
  ])
  expect(graphPicture({})).toContain('Graph of 0 nodes')
})

it('draws a chain of ten thousand nodes', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `n${index}`)
  const chain = Object.fromEntries(ids.map((id, index) => [id, node(index === 0 ? {} : { x: [ids[index - 1]!, 0] })]))
  expect(places(chain).at(-1)).toEqual([9_999, 0])
})
