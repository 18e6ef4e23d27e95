import type { DynPrompt, GraphLink, NodeInputs, NodeReturn, Py, RunningNode } from '../../src/index.ts'

const VALUES = [0, 1, 2, 3, 4].map((index) => `initial_value${index}`)

/** Ends with its values, or expands to a copy of all nodes between the loop's ends; its own copy is called `Recurse`. */
export function whileLoopClose(inputs: NodeInputs, { nodeId, dynprompt, graph: newGraph }: RunningNode): NodeReturn {
  if (!inputs.truth('condition')) {
    return { result: VALUES.map((name) => inputs.value(name) ?? null) }
  }
  const flow = inputs.data('flow_control')
  const open = Array.isArray(flow) ? String(flow[0]) : ''
  const contained = containedIn(dynprompt, open, nodeId)
  const graph = newGraph()
  const copies = new Map(
    Array.from(contained, (id) => {
      const copy = graph.node(dynprompt.node(id).classType, {}, id === nodeId ? 'Recurse' : id)
      copy.setOverrideDisplayId(id)
      return [id, copy]
    }),
  )
  for (const [id, copy] of copies) {
    for (const [name, value] of dynprompt.node(id).inputs) {
      const source = isLink(value) ? copies.get(value[0]) : undefined
      copy.setInput(name, isLink(value) && source ? source.out(Number(value[1])) : value)
    }
  }
  for (const name of VALUES) copies.get(open)!.setInput(name, inputs.value(name))
  const mine = copies.get(nodeId)!
  return { result: VALUES.map((_, slot) => mine.out(slot)), expand: graph.finalize() }
}

/** Nodes that the loop's start leads to among all that its end depends on, then the two ends. */
function containedIn(prompt: DynPrompt, open: string, close: string): Set<string> {
  const consumers = new Map<string, string[]>()
  const explore = (id: string) => {
    for (const value of prompt.node(id).inputs.values()) {
      if (!isLink(value)) continue
      const [source] = value
      if (!consumers.has(source)) {
        consumers.set(source, [])
        explore(source)
      }
      consumers.get(source)!.push(id)
    }
  }
  explore(close)
  const contained = new Set<string>()
  const collect = (id: string) => {
    for (const consumer of consumers.get(id) ?? []) {
      if (contained.has(consumer)) continue
      contained.add(consumer)
      collect(consumer)
    }
  }
  collect(open)
  return contained.add(close).add(open)
}

/** comfy_execution.graph_utils.is_link */
function isLink(value: Py): value is GraphLink {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'bigint'
}
