import type { CallInputs } from '../../src/simulators/comfyui/behaviours/call-inputs.ts'
import type { DynamicPrompt } from '../../src/simulators/comfyui/execute/dynamic-prompt.ts'
import { linkOf } from '../../src/simulators/comfyui/execute/link.ts'
import type { NodeResult } from '../../src/simulators/comfyui/execute/node-runner.ts'
import { data } from '../../src/simulators/comfyui/execute/value.ts'
import { pyBool } from '../../src/simulators/comfyui/python/convert.ts'
import { GraphBuilder, out } from './graph-builder.ts'

const VALUES = [0, 1, 2, 3, 4].map((index) => `initial_value${index}`)

/** Ends with its values, or expands to a copy of all nodes between the loop's ends; its own copy is called `Recurse`. */
export function whileLoopClose(inputs: CallInputs): NodeResult {
  const { nodeId, index, graph: prompt, inputs: values } = inputs.call
  if (!pyBool(inputs.data('condition') ?? null)) {
    return { outputs: VALUES.map((name) => values.get(name) ?? data(null)) }
  }
  const flow = inputs.data('flow_control')
  const open = Array.isArray(flow) ? String(flow[0]) : ''
  const contained = containedIn(prompt, open, nodeId)
  const graph = new GraphBuilder(nodeId, index)
  const copies = new Map(
    Array.from(contained, (id) => {
      const copy = graph.node(prompt.node(id).classType, {}, id === nodeId ? 'Recurse' : id)
      graph.showAs(copy, id)
      return [id, copy]
    }),
  )
  for (const [id, copy] of copies) {
    for (const [name, value] of prompt.node(id).inputs) {
      const link = linkOf(value)
      const source = link && copies.get(link.node)
      graph.copy(copy, name, link && source ? [source, BigInt(link.slot)] : value)
    }
  }
  for (const name of VALUES) graph.set(copies.get(open)!, name, values.get(name))
  const mine = copies.get(nodeId)!
  return { expansion: graph.expansion(VALUES.map((_, slot) => out(mine, slot))) }
}

/** Nodes that the loop's start leads to among all that its end depends on, then the two ends. */
function containedIn(prompt: DynamicPrompt, open: string, close: string): Set<string> {
  const consumers = new Map<string, string[]>()
  const explore = (id: string) => {
    for (const value of prompt.node(id).inputs.values()) {
      const link = linkOf(value)
      if (!link) continue
      if (!consumers.has(link.node)) {
        consumers.set(link.node, [])
        explore(link.node)
      }
      consumers.get(link.node)!.push(id)
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
