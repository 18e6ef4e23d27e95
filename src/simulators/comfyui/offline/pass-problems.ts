import { pyStr } from '../python/format.ts'
import { pyEquals } from '../python/operators.ts'
import type { Py } from '../python/py.ts'
import { type GraphProblem, plain } from './finding.ts'
import { label, type OfflineGraph, type OfflineNode } from './graph.ts'

const SAMPLER = 'KSamplerAdvanced'

/** One sampling pass: its sampler and the shift of its model. */
export interface Pass {
  readonly node: OfflineNode
  readonly shift: Py | undefined
}

/** The passes of a graph, one for each KSamplerAdvanced. */
export function passesOf(graph: OfflineGraph): Pass[] {
  const samplers = [...graph.nodes.values()].filter(({ className }) => className === SAMPLER)
  return samplers.map((node) => ({ node, shift: shiftOf(graph, node) }))
}

/** Passes that cannot be right for themselves, and pairs of one graph, LOW fed with HIGH's latent, that do not fit. */
export function passProblems(graph: OfflineGraph): GraphProblem[] {
  const passes = passesOf(graph)
  const pairs = passes.flatMap((low) => {
    const source = low.node.links.get('latent_image')?.[0]
    const high = passes.find(({ node }) => node.id === source)
    return high ? comparePasses(high, low) : []
  })
  return [...passes.flatMap(({ node }) => ownProblems(node)), ...pairs]
}

/** What must be the same in HIGH and LOW, and where LOW must go on. The two may come from different graphs. */
export function comparePasses(high: Pass, low: Pass): GraphProblem[] {
  const pair = `${label(high.node)} and ${label(low.node)}`
  const same = (input: string, one: Py | undefined, other: Py | undefined): GraphProblem[] => {
    if (one === undefined || other === undefined || Array.isArray(one) || Array.isArray(other)) return []
    if (pyEquals(one, other)) return []
    const message = `${pair} are two passes of one video but differ in ${input}: ${pyStr(one)} and ${pyStr(other)}`
    return [{ node: low.node, message, value: plain(other), hint: `give both the same ${input}` }]
  }
  const both = (input: string) => same(input, high.node.inputs.get(input), low.node.inputs.get(input))
  return [
    ...['steps', 'sampler_name', 'scheduler'].flatMap(both),
    ...same('shift', high.shift, low.shift),
    ...handover(high, low),
  ]
}

function handover({ node: high }: Pass, { node: low }: Pass): GraphProblem[] {
  const [end, start] = [high.inputs.get('end_at_step'), low.inputs.get('start_at_step')]
  if (typeof end !== 'bigint' || typeof start !== 'bigint' || end === start) return []
  const message = `${label(high)} ends at step ${end}, but ${label(low)} starts at step ${start}`
  return [{ node: low, input: 'start_at_step', message, value: plain(start), hint: `start at step ${end}` }]
}

/** Noise belongs to the first pass and is left over by every pass but the last. */
function ownProblems(node: OfflineNode): GraphProblem[] {
  const [steps, start, end] = ['steps', 'start_at_step', 'end_at_step'].map((input) => node.inputs.get(input))
  if (typeof steps !== 'bigint' || typeof start !== 'bigint' || typeof end !== 'bigint') return []
  if (start >= end || start >= steps) {
    const message = `${label(node)} samples nothing: it starts at step ${start} and ends at ${end} of ${steps}`
    return [{ node, input: 'start_at_step', message, value: plain(start), hint: 'start below the end' }]
  }
  const flag = (input: string, wanted: 'enable' | 'disable', why: string): GraphProblem[] => {
    const value = node.inputs.get(input)
    if (typeof value !== 'string' || value === wanted) return []
    const message = `${label(node)}: ${input} is ${value}, but ${why}`
    return [{ node, input, message, value, hint: `set ${input} to ${wanted}` }]
  }
  return [
    ...(start > 0n
      ? flag('add_noise', 'disable', `the pass starts at step ${start}, on a latent that has its noise`)
      : flag('add_noise', 'enable', 'the pass starts at step 0, on a latent without noise')),
    ...(end < steps
      ? flag('return_with_leftover_noise', 'enable', `the pass ends at step ${end} of ${steps} and another goes on`)
      : flag('return_with_leftover_noise', 'disable', 'the pass is the last one')),
  ]
}

/** The shift that a sampler's model was given on its way. */
function shiftOf(graph: OfflineGraph, node: OfflineNode): Py | undefined {
  const seen = new Set<string>()
  let here: OfflineNode | undefined = node
  while (here && !seen.has(here.id)) {
    seen.add(here.id)
    here = graph.nodes.get(here.links.get('model')?.[0] ?? '')
    const shift = here?.inputs.get('shift')
    if (shift !== undefined) return shift
  }
  return undefined
}
