import { isDict, type Py, type PyDict, PythonError, typeName } from '../python/py.ts'
import { isRawHidden, type Link, linkOf, type PromptNode } from './dynamic-prompt.ts'
import type { ClassTraits } from './node-runner.ts'
import { data, EmbeddedValue, type Value } from './value.ts'

/** As Python shows the graph; its address is different every time. */
const DYNAMIC_PROMPT = '<comfy_execution.graph.DynamicPrompt object at 0x7f0000000000>'

/** A node's inputs as lists, ready to be mapped over, and the names of linked ones whose source has no result yet. */
export interface InputData {
  readonly all: Map<string, readonly Value[]>
  readonly missing: ReadonlySet<string>
}

/** What hidden inputs are taken from. */
export interface HiddenSources {
  readonly prompt: PyDict
  readonly extraData: Py
}

/** execution.get_input_data: links resolved, constants wrapped, unknown constants left out, hidden V1 inputs added. */
export function inputData(
  node: PromptNode,
  traits: ClassTraits,
  outputsOf: (id: string) => readonly (readonly Value[])[] | undefined,
  hidden: HiddenSources,
): InputData {
  const all = new Map<string, readonly Value[]>()
  const missing = new Set<string>()
  const { inputs } = traits.inputsOf(node.inputs)
  for (const [name, value] of node.inputs) {
    const options = inputs.get(name)
    const link = linkOf(value)
    const isRaw = link !== null && (options ? options.get('rawLink') === true : isRawHidden(traits.hidden.get(name)))
    if (link && !isRaw) {
      const list = slotOf(outputsOf(link.node), link)
      if (!list) missing.add(name)
      all.set(name, list ?? [data(null)])
    } else if (options || traits.hidden.has(name) || traits.acceptsAll) {
      all.set(name, [value instanceof EmbeddedValue ? value.value : data(value)])
    }
  }
  if (traits.readsExtraData && !isDict(hidden.extraData)) {
    throw new PythonError('AttributeError', `'${typeName(hidden.extraData)}' object has no attribute 'get'`)
  }
  for (const [name, kind] of traits.hidden) {
    const value = hiddenValue(kind, node.id, hidden)
    if (value !== undefined) all.set(name, [data(value)])
  }
  return { all, missing }
}

/** A link to an input that the class does not have was never validated: its slot may be any number. null: there is no result yet. */
function slotOf(outputs: readonly (readonly Value[])[] | undefined, { slot, isFloat }: Link): readonly Value[] | null {
  if (!outputs || slot >= outputs.length) return null
  if (isFloat) throw new PythonError('TypeError', 'list indices must be integers or slices, not float')
  const list = outputs.at(slot)
  if (!list) throw new PythonError('IndexError', 'list index out of range')
  return list
}

function hiddenValue(kind: Py, id: string, hidden: HiddenSources): Py | undefined {
  switch (kind) {
    case 'PROMPT':
      return hidden.prompt
    case 'DYNPROMPT':
      return DYNAMIC_PROMPT
    case 'EXTRA_PNGINFO':
      return fromExtraData(hidden, 'extra_pnginfo')
    case 'UNIQUE_ID':
      return id
    case 'AUTH_TOKEN_COMFY_ORG':
      return fromExtraData(hidden, 'auth_token_comfy_org')
    case 'API_KEY_COMFY_ORG':
      return fromExtraData(hidden, 'api_key_comfy_org')
    default:
      return undefined
  }
}

const fromExtraData = ({ extraData }: HiddenSources, key: string): Py =>
  isDict(extraData) ? (extraData.get(key) ?? null) : null
