import { didYouMean } from '../../../domain/wording.ts'
import { pyStr } from '../python/format.ts'
import type { Py } from '../python/py.ts'
import { type GraphProblem, plain, survivesJson } from './finding.ts'
import { label, type OfflineGraph, type OfflineNode } from './graph.ts'
import { passProblems } from './pass-problems.ts'

/** What the server lets pass but a user regrets. */
export function strictProblems(graph: OfflineGraph): GraphProblem[] {
  const perNode = [...graph.nodes.values()].flatMap((node) => [
    ...unreachable(graph, node),
    ...undeclaredLinks(graph, node),
    ...sizes(graph, node),
    ...roundedIntegers(node),
    ...idleNegative(graph, node),
  ])
  return [...perNode, ...passProblems(graph)]
}

function unreachable(graph: OfflineGraph, node: OfflineNode): GraphProblem[] {
  if (graph.reachable.has(node.id)) return []
  return [{ node, message: `${label(node)} leads to no output and never runs`, hint: 'remove it or link it' }]
}

/** The server follows such a link when it runs the node, which then fails; a few classes take any input. */
function undeclaredLinks(graph: OfflineGraph, node: OfflineNode): GraphProblem[] {
  const declared = node.known ? graph.findClass(node.className!)?.inputsOf(node.inputs) : undefined
  return [...node.links.keys()].flatMap((input): GraphProblem[] => {
    if (!declared || declared.has(input)) return []
    const message = `${label(node)}: input "${input}" is linked, but the class declares no such input`
    const hint = `remove it unless the class takes any input.${didYouMean(input, declared.keys())}`
    return [{ node, input, message, value: input, hint }]
  })
}

/** Wan makes 4n+1 frames and sizes in multiples of 16; other classes say their own grid by `step`. */
function sizes(graph: OfflineGraph, node: OfflineNode): GraphProblem[] {
  const wan = /wan/i.test(node.className ?? '')
  const spec = (input: string) =>
    node.known ? graph.findClass(node.className!)?.inputsOf(node.inputs).get(input)?.options : undefined
  return ['length', 'num_frames', 'width', 'height'].flatMap((input): GraphProblem[] => {
    const value = node.inputs.get(input)
    if (typeof value !== 'bigint') return []
    const frames = input === 'length' || input === 'num_frames'
    const step = wan ? (frames ? 4n : 16n) : spec(input)?.get('step')
    if (typeof step !== 'bigint' || step !== (frames ? 4n : 16n)) return []
    const below = frames ? ((value - 1n) / 4n) * 4n + 1n : (value / 16n) * 16n
    if (below === value) return []
    const words = frames ? 'a length of 4n+1 frames' : 'a multiple of 16'
    const message = `${label(node)}: input "${input}" is ${value}, not ${words}; the model silently makes it smaller`
    return [{ node, input, message, value: plain(value), hint: `use ${below} or ${below + step}` }]
  })
}

/** Whole numbers that JavaScript programs (the editor among them) change when they read and write the file. */
function roundedIntegers(node: OfflineNode): GraphProblem[] {
  return [...node.inputs].flatMap(([input, value]): GraphProblem[] => {
    if (typeof value !== 'bigint' || survivesJson(value)) return []
    const message = `${label(node)}: input "${input}" is ${value}, which programs that keep numbers as doubles turn into ${JSON.stringify(Number(value))}`
    return [{ node, input, message, value: plain(value), hint: `stay within ${Number.MAX_SAFE_INTEGER}` }]
  })
}

/** With cfg 1 the samplers leave the negative prompt out. */
function idleNegative(graph: OfflineGraph, node: OfflineNode): GraphProblem[] {
  const cfg = node.inputs.get('cfg')
  if (cfg !== 1n && cfg !== 1) return []
  const source = negativeText(graph, node, new Set())
  if (!source) return []
  const [encoder, text] = source
  const message = `${label(node)}: cfg is ${pyStr(cfg)}, so the negative prompt of ${label(encoder)} has no effect`
  return [{ node, input: 'cfg', message, value: plain(text), hint: 'empty the negative prompt, or raise cfg above 1' }]
}

/** Follows `negative` inputs up to the node that holds the text. */
function negativeText(graph: OfflineGraph, node: OfflineNode, seen: Set<string>): [OfflineNode, Py] | null {
  const source = graph.nodes.get(node.links.get('negative')?.[0] ?? '')
  if (!source || seen.has(source.id)) return null
  seen.add(source.id)
  const text = source.inputs.get('text')
  if (typeof text === 'string') return text.trim() === '' ? null : [source, text]
  return negativeText(graph, source, seen)
}
