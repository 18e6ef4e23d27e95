import { notWhatItAnswered } from '../../recording/comfyui-knowledge.ts'
import type { InputType, NodeBehaviour } from './behaviours/node-behaviour.ts'
import { pyOf } from './behaviours/node-return.ts'
import type { PyLike } from './behaviours/running-node.ts'
import { parseJson } from './python/parse.ts'
import { dict, type Py, type PyDict, PythonError } from './python/py.ts'

/** What a server's `GET /object_info` says of its classes, by name, in its order. */
export type ObjectInfo = Pick<ReadonlyMap<string, Py>, 'get' | 'keys'>

/**
 * Reads a class from its text when it is first asked for: a run uses one in twenty. A text that is not JSON throws
 * PR_RECORDING then. Servers that are started from the same texts share what is read.
 */
export function readObjectInfo(texts: ReadonlyMap<string, string>): ObjectInfo {
  const read = readBefore.get(texts) ?? new Map<string, Py>()
  readBefore.set(texts, read)
  return {
    keys: () => texts.keys(),
    get(name) {
      const text = texts.get(name)
      if (text !== undefined && !read.has(name)) read.set(name, readClass(text))
      return read.get(name)
    },
  }
}

const readBefore = new WeakMap<ReadonlyMap<string, string>, Map<string, Py>>()

function readClass(text: string): Py {
  try {
    return parseJson(text)
  } catch (error) {
    throw error instanceof PythonError ? notWhatItAnswered() : error
  }
}

/** A server's classes with those that behaviours declare, as ComfyUI describes V1 classes (server.py, node_info). */
export function withDeclared(objectInfo: ObjectInfo, behaviours: readonly NodeBehaviour[]): ObjectInfo {
  const declared = new Map(
    behaviours.flatMap((each) => (each.inputTypes ? [[each.classType, nodeInfo(each)] as const] : [])),
  )
  if (declared.size === 0) return objectInfo
  return {
    keys: () => new Set([...objectInfo.keys(), ...declared.keys()]).values(),
    get: (name) => declared.get(name) ?? objectInfo.get(name),
  }
}

function nodeInfo({ classType, inputTypes = {}, returnTypes = [], ...more }: NodeBehaviour): PyDict {
  const { returnNames = returnTypes, outputIsList = returnTypes.map(() => false), outputNode = false } = more
  const groups = Object.entries({ required: {}, ...inputTypes })
  return dict({
    input: new Map(groups.map(([group, inputs]) => [group, specsOf(inputs)])),
    input_order: new Map(groups.map(([group, inputs]) => [group, Object.keys(inputs)])),
    output: [...returnTypes],
    output_is_list: [...outputIsList],
    output_name: [...returnNames],
    name: classType,
    display_name: classType,
    description: '',
    python_module: 'custom_nodes.pr.config',
    category: 'pr.config',
    output_node: outputNode,
  })
}

function specsOf(inputs: Readonly<Record<string, InputType | string>>): PyDict {
  return new Map(Object.entries(inputs).map(([name, spec]) => [name, specOf(spec)]))
}

/** `["FLOAT", {"default": 1.0}]`; a hidden input is its kind alone. */
function specOf(spec: InputType | string): Py {
  if (typeof spec === 'string') return spec
  const [type, options] = spec
  const given = typeof type === 'string' ? type : [...type]
  if (!options) return [given]
  const numbers = (value: unknown): PyLike => {
    if (Array.isArray(value)) return value.map(numbers)
    return type !== 'FLOAT' && Number.isSafeInteger(value) ? BigInt(value as number) : (value as PyLike)
  }
  return [given, new Map(Object.entries(options).map(([key, value]) => [key, pyOf(numbers(value))]))]
}
