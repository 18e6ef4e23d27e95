import { linkOf } from '../execute/dynamic-prompt.ts'
import type { ClassTraits, NodeResult } from '../execute/node-runner.ts'
import { data, EmbeddedValue, isValue, type Value } from '../execute/value.ts'
import { dict, type Py, type PyDict, PythonError } from '../python/py.ts'
import type { GraphBuilder, GraphInput, NodeOutput, NodeReturn, PyLike } from './running-node.ts'

/** What a behaviour returned, as the executor takes it. Throws a PythonError for what no node may return. */
export function nodeResult(returned: NodeReturn, { outputIsList }: ClassTraits): NodeResult {
  if (returned instanceof Promise) {
    throw new PythonError('TypeError', 'run returned a promise: isAsync and durationMs say that it takes time')
  }
  const { result, ui, expand } = returned ?? {}
  return {
    ...(result && !expand && { outputs: result.map((output, slot) => outputOf(output, outputIsList[slot] === true)) }),
    ...(ui && { ui: new Map(Object.entries(ui).map(([key, list]) => [key, Array.from(list, pyOf)])) }),
    ...(expand && { expansion: { graph: new Map(expand), outputs: (result ?? []).map(expansionOutput) } }),
  }
}

/** A value as it is; anything else is Python data. */
function asValue(output: NodeOutput): Value {
  return isValue(output) ? output : data(pyOf(output))
}

/** Python data from JavaScript's: objects become dicts. */
export function pyOf(value: PyLike): Py {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(pyOf)
  return value instanceof Map ? value : new Map(Object.entries(value).map(([key, item]) => [key, pyOf(item)]))
}

function outputOf(output: NodeOutput | readonly NodeOutput[], isList: boolean): Value | Value[] {
  if (!isList) return asValue(output as NodeOutput)
  return Array.isArray(output) ? output.map(asValue) : [asValue(output as NodeOutput)]
}

function expansionOutput(output: NodeOutput | readonly NodeOutput[]) {
  const value = asValue(output as NodeOutput)
  const link = value.kind === 'data' ? linkOf(value.data) : null
  return link ? ({ kind: 'link', node: link.node, slot: link.slot } as const) : value
}

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
