import type { SizedGraph } from '../../../domain/estimate/step-cost.ts'
import { isDict, type Py } from '../python/py.ts'
import type { DynamicPrompt } from './dynamic-prompt.ts'

const known = new WeakMap<DynamicPrompt, SizedGraph>()

/** A prompt as it was sent, with numbers of JavaScript: for who only asks about sizes. */
export function plainGraph(prompt: DynamicPrompt): SizedGraph {
  const graph = known.get(prompt) ?? readPlain(prompt)
  known.set(prompt, graph)
  return graph
}

function readPlain({ original }: DynamicPrompt): SizedGraph {
  const nodes = Array.from(original, ([id, node]) => {
    const inputs = isDict(node) ? node.get('inputs') : undefined
    const plain = isDict(inputs) ? Array.from(inputs, ([name, value]) => [name, plainValue(value)] as const) : []
    return [
      id,
      { class_type: isDict(node) ? String(node.get('class_type')) : '', inputs: Object.fromEntries(plain) },
    ] as const
  })
  return Object.fromEntries(nodes)
}

const plainValue = (value: Py) => (typeof value === 'bigint' ? Number(value) : value)
