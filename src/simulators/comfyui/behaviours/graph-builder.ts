import { EmbeddedValue } from '../execute/value.ts'
import { dict, type Py, type PyDict } from '../python/py.ts'
import { asValue } from './node-return.ts'
import type { GraphBuilder, GraphInput } from './running-node.ts'

/** comfy_execution.graph_utils.GraphBuilder: ids are `<node>.<call>.<graph>.<name or number>`. */
export function graphBuilder(nodeId: string, call: number, graph: number): GraphBuilder {
  const prefix = `${nodeId}.${call}.${graph}.`
  const nodes: PyDict = new Map()
  let made = 0
  return {
    node(classType, given = {}, name) {
      if (name === undefined) made += 1
      const id = prefix + (name ?? made)
      const inputs: PyDict = new Map()
      const node = dict({ class_type: classType, inputs })
      nodes.set(id, node)
      const setInput = (input: string, value: GraphInput) => {
        const written = writtenInput(value)
        if (written === null) inputs.delete(input)
        else inputs.set(input, written)
      }
      for (const [input, value] of Object.entries(given)) setInput(input, value)
      return {
        id,
        out: (slot) => [id, BigInt(slot)],
        setInput,
        setOverrideDisplayId: (display) => {
          node.set('override_display_id', display)
        },
      }
    },
    finalize: () => nodes,
  }
}

/** null for what Python calls None: such an input is left out. */
function writtenInput(input: GraphInput): Py {
  if (input === undefined) return null
  const value = asValue(input)
  return value.kind === 'data' ? value.data : new EmbeddedValue(value)
}
