import { pyStr } from '../python/format.ts'
import { dict, isDict, type Py, type PyDict } from '../python/py.ts'
import type { GraphProblem } from './finding.ts'
import { label, type OfflineGraph, type OfflineNode } from './graph.ts'

/**
 * Links that lead nowhere or in a circle, and what the server accepts and then cannot survive: a node without inputs or a
 * link to a missing node where validation does not look (ComfyUI 0.3.64 stops working for good).
 */
export function linkProblems(graph: OfflineGraph): GraphProblem[] {
  const perNode = [...graph.nodes.values()].flatMap((node) => [...inputsProblems(graph, node), ...sources(graph, node)])
  return [...perNode, ...cycles(graph)]
}

/** A node of no known class: links to it are of any type. */
const NOWHERE = 'nowhere'

/** A copy of the graph in which dead links lead to a stand-in, so that the rest of their nodes can be checked. */
export function withoutDeadLinks(graph: OfflineGraph): PyDict {
  const nowhere: PyDict = dict({ class_type: NOWHERE, inputs: new Map() })
  const nodes = [...graph.nodes.values()].map(({ id, className, inputs, links, numbered }): [string, PyDict] => {
    const alive = new Map(inputs)
    for (const [input, link] of links) {
      if (isDead(graph, link)) alive.set(input, [NOWHERE, 0n])
      else if (numbered.has(input)) alive.set(input, [...link])
    }
    return [id, dict({ class_type: className ?? NOWHERE, inputs: alive })]
  })
  return new Map([...nodes, [NOWHERE, nowhere]])
}

function isDead(graph: OfflineGraph, [source, slot]: readonly [string, Py]): boolean {
  const from = graph.nodes.get(source)
  return !from || !hasSlot(slotCount(graph, from), slot)
}

/** Unknown classes have as many outputs as anybody asks for. */
function slotCount(graph: OfflineGraph, node: OfflineNode): number {
  return node.known ? graph.findClass(node.className!)!.outputs.length : Number.MAX_SAFE_INTEGER
}

function inputsProblems(graph: OfflineGraph, node: OfflineNode): GraphProblem[] {
  const entry = graph.prompt.get(node.id)
  if (isDict(entry) && isDict(entry.get('inputs'))) return []
  return [
    {
      node,
      message: `${label(node)} has no inputs`,
      hint: 'give it "inputs": {} at least: the server stops working otherwise',
    },
  ]
}

function sources(graph: OfflineGraph, node: OfflineNode): GraphProblem[] {
  return [...node.links].flatMap(([input, [source, slot]]): GraphProblem[] => {
    const from = graph.nodes.get(source)
    if (!from) {
      const message = `${label(node)}: input "${input}" is linked to node ${source}, which is not in the workflow`
      return [{ node, input, message, value: source, hint: 'link it to a node that is there' }]
    }
    if (node.numbered.has(input)) {
      const message = `${label(node)}: input "${input}" is linked to node ${source} by a number, and ids must be text`
      return [{ node, input, message, value: source, hint: `write ["${source}", ${pyStr(slot)}]` }]
    }
    const count = slotCount(graph, from)
    if (hasSlot(count, slot)) return []
    const message = `${label(node)}: input "${input}" is linked to output ${pyStr(slot)} of ${label(from)}, which has ${count}`
    return [{ node, input, message, value: pyStr(slot), hint: 'outputs are counted from 0' }]
  })
}

/** Python counts negative slots from the end and takes false and true for 0 and 1. */
const hasSlot = (count: number, slot: Py): boolean =>
  (typeof slot === 'bigint' || typeof slot === 'boolean') &&
  BigInt(slot) < BigInt(count) &&
  BigInt(slot) >= BigInt(-count)

/** One ring for each node that starts one; rings over nodes that are already told are left out. */
function cycles(graph: OfflineGraph): GraphProblem[] {
  const done = new Set<string>()
  const told = new Set<string>()
  const path: string[] = []
  const found: GraphProblem[] = []
  const visit = (id: string): void => {
    const start = path.indexOf(id)
    const ring = start < 0 ? [] : path.slice(start)
    if (ring.length > 0 && !ring.some((step) => told.has(step))) {
      for (const step of ring) told.add(step)
      const words = [...ring, id].map((step) => label(graph.nodes.get(step)!)).join(' ← ')
      found.push({ message: `links run in a circle: ${words}`, hint: 'cut one of these links' })
    }
    if (start >= 0 || done.has(id)) return
    path.push(id)
    for (const [source] of graph.nodes.get(id)!.links.values()) if (graph.nodes.has(source)) visit(source)
    path.pop()
    done.add(id)
  }
  for (const id of graph.nodes.keys()) visit(id)
  return found
}
