import { expect, it } from 'vitest'
import { type SentGraph, signaturesOf } from '../../src/recording/graph-signature.ts'

const node = (class_type: string, inputs: Record<string, unknown> = {}) => ({ class_type, inputs })
const of = (graph: SentGraph, id: string) => signaturesOf(graph)(id)

const graph = { 1: node('Number', { value: 7 }), 2: node('Double', { n: ['1', 0] }) }

it('is the same under other ids, in another graph, and for an int and a float', () => {
  const other = { a: node('Number', { value: 7.0 }), b: node('Double', { n: ['a', 0] }), c: node('Show') }
  expect(of(other, 'b')).toBe(of(graph, '2'))
  const wrapped = { 1: node('Number', { value: { __value__: 7 } }), 2: graph[2] }
  expect(of(wrapped, '2')).toBe(of(graph, '2'))
})

it('differs by class, constant, slot and whatever an ancestor has', () => {
  const others: SentGraph[] = [
    { ...graph, 2: node('Half', { n: ['1', 0] }) },
    { ...graph, 2: node('Double', { n: ['1', 1] }) },
    { ...graph, 2: node('Double', { m: ['1', 0] }) },
    { ...graph, 1: node('Number', { value: 8 }) },
    { ...graph, 1: node('Number', { value: '7' }) },
    { 2: graph[2] },
  ]
  const all = [graph, ...others].map((each) => of(each, '2'))
  expect(new Set(all).size).toBe(all.length)
})

it('comes to an end in a circle and in a chain that no server runs', () => {
  expect(of({ 1: node('A', { x: ['2', 0] }), 2: node('A', { x: ['1', 0] }) }, '1')).toMatch(/^[0-9a-f]{24}$/)
  const chain = Array.from({ length: 20_000 }, (_, index) => [`n${index}`, node('A', { x: [`n${index + 1}`, 0] })])
  expect(of(Object.fromEntries(chain), 'n0')).toMatch(/^[0-9a-f]{24}$/)
})

it('leaves out what was redacted', () => {
  const redacted = { ...graph, 1: node('Number', { value: 7, key: '{{redacted:key}}' }) }
  expect(of(redacted, '2')).toBe(of(graph, '2'))
})
