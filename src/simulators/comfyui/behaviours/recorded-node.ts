import type { ComfyuiKnowledge } from '../../../recording/comfyui-knowledge.ts'
import { type SentGraph, signaturesOf } from '../../../recording/graph-signature.ts'
import type { NodeCall } from '../execute/node-runner.ts'
import { pyFloat, pyInt } from '../python/convert.ts'
import { isDict, type Py, type PyDict, PythonError } from '../python/py.ts'

/** What a recording shows of nodes with the same class, constants and ancestors as one that runs. */
export interface RecordedNode {
  /** Members of its `ui` that are no files; undefined when the recording has no such node. */
  shown(): Readonly<Record<string, readonly unknown[]>> | undefined
  /** A text or number that an output gave, as the output's type has it; undefined when nobody saw it. */
  value(slot: number, type: string): Py | undefined
}

export type RecordedTexts = Pick<ComfyuiKnowledge, 'shown' | 'computed'>

const signatures = new WeakMap<PyDict, (id: string) => string>()

/** What `recorded` knows of the node of a call. */
export function recordedNode({ graph, nodeId }: NodeCall, recorded: RecordedTexts): RecordedNode {
  const signature = () => {
    const known = signatures.get(graph.original) ?? signaturesOf(sentGraph(graph.original))
    signatures.set(graph.original, known)
    return known(nodeId)
  }
  return {
    shown: () => (recorded.shown.size > 0 ? recorded.shown.get(signature()) : undefined),
    value(slot, type) {
      const text = recorded.computed.size > 0 ? recorded.computed.get(`${signature()}:${slot}`) : undefined
      return text === undefined ? undefined : valueIn(text, type)
    },
  }
}

/** The nodes that show something wrote it with Python's `str`. */
function valueIn(text: string, type: string): Py | undefined {
  try {
    if (type === 'INT') return pyInt(text)
    if (type === 'FLOAT') return pyFloat(text)
  } catch (error) {
    if (error instanceof PythonError) return undefined
    throw error
  }
  if (type === 'BOOLEAN') return text === 'True'
  return type === 'STRING' ? text : undefined
}

function sentGraph(prompt: PyDict): SentGraph {
  const nodes = Array.from(prompt, ([id, node]) => {
    const [name, inputs] = isDict(node) ? [node.get('class_type'), node.get('inputs')] : []
    return [id, { class_type: String(name), inputs: isDict(inputs) ? plainObject(inputs) : {} }] as const
  })
  return Object.fromEntries(nodes)
}

/** As `JSON.parse` would have read it, which is how the recording was read. */
function plain(value: Py): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plain)
  return isDict(value) ? plainObject(value) : value
}

const plainObject = (value: PyDict): Record<string, unknown> =>
  Object.fromEntries(Array.from(value, ([key, item]) => [key, plain(item)]))
