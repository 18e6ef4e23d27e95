import { nearest } from '../../../domain/wording.ts'
import { pyStr } from '../python/format.ts'
import { isDict, type Py } from '../python/py.ts'
import type { InputSpec } from '../validate/node-class.ts'
import { type GraphProblem, plain } from './finding.ts'
import { label, type OfflineGraph, type OfflineNode } from './graph.ts'

/** Dynamic combos that choose nothing: the server takes them out of the class, accepts the prompt, and the node fails. */
export function dynamicProblems(graph: OfflineGraph): GraphProblem[] {
  return [...graph.nodes.values()].flatMap((node) => {
    const declared = node.known ? graph.findClass(node.className!)!.inputs : new Map<string, InputSpec>()
    return [...declared.values()].flatMap((spec) => dynamicProblem(node, spec))
  })
}

function dynamicProblem(node: OfflineNode, { name, type, options, required }: InputSpec): GraphProblem[] {
  if (type.type !== 'COMFY_DYNAMICCOMBO_V3') return []
  const keys = keysOf(options.get('options') ?? null)
  const given = node.inputs.get(name)
  const allowed = `the class allows: ${keys.join(', ')}`
  if (given === undefined) {
    if (!required) return []
    const message = `${label(node)}: input "${name}" is missing, which the server sees only when it runs the node`
    return [{ node, input: name, message, hint: `add it; ${allowed}` }]
  }
  const text = pyStr(given)
  if (keys.includes(text)) return []
  const found = nearest(text, keys)
  const message = `${label(node)}: input "${name}" cannot be "${text}", which the server sees only when it runs the node`
  return [
    {
      node,
      input: name,
      message,
      value: plain(given),
      hint: `${found === null ? '' : `did you mean "${found}"? `}${allowed}`,
    },
  ]
}

function keysOf(options: Py): string[] {
  return (Array.isArray(options) ? options : []).flatMap((option) => {
    const key = isDict(option) ? option.get('key') : undefined
    return typeof key === 'string' ? [key] : []
  })
}
