import type { Behaviours } from '../behaviours/behaviours.ts'
import type { LinkType, NodeBehaviour } from '../behaviours/node-behaviour.ts'
import type { ObjectInfo } from '../object-info.ts'
import { isDict, type Py, type PyDict } from '../python/py.ts'
import { linkType } from './link-type.ts'

/** One declared input. `info` is `[type, options]`, as error messages carry it. */
export interface InputSpec {
  readonly name: string
  readonly required: boolean
  readonly type: LinkType
  readonly options: PyDict
  readonly info: Py[]
}

/** What validation needs to know of a class: its object_info entry and its behaviour. */
export interface NodeClass {
  readonly name: string
  /** Made with the V3 schema: its outputs are a list in Python, a V1 class's are a tuple. */
  readonly v3: boolean
  readonly isOutput: boolean
  /** Required and optional inputs, in the order of object_info. */
  readonly inputs: ReadonlyMap<string, InputSpec>
  readonly hidden: PyDict
  readonly outputs: readonly LinkType[]
  readonly behaviour: ClassChecks
}

type ClassChecks = Pick<NodeBehaviour, 'validateInputs' | 'socketTypes'>

/** Finds a class by its name; undefined when the server does not have it. */
export type FindClass = (name: string) => NodeClass | undefined

/** Reads classes from a parsed `GET /object_info` when they are first asked for. */
export function nodeClasses(objectInfo: ObjectInfo, behaviours: Behaviours): FindClass {
  const known = new Map<string, NodeClass | undefined>()
  return (name) => {
    if (!known.has(name)) {
      const entry = objectInfo.get(name)
      known.set(name, isDict(entry) ? readClass(name, entry, behaviours.get(name) ?? {}) : undefined)
    }
    return known.get(name)
  }
}

function readClass(name: string, entry: PyDict, behaviour: ClassChecks): NodeClass {
  const groups = dictAt(entry, 'input')
  // Only V3 entries always have all three; V1 entries have them when true.
  const v3 = ['deprecated', 'experimental', 'api_node'].every((key) => entry.has(key))
  const typeOf = (type: Py, socket: string | number): LinkType =>
    linkType(type, v3, behaviour.socketTypes?.[socket] ?? behaviour.socketTypes?.['*'])
  const inputs = new Map<string, InputSpec>()
  for (const group of ['required', 'optional'] as const) {
    for (const [input, spec] of dictAt(groups, group)) {
      if (inputs.has(input) || !Array.isArray(spec)) continue
      const [type = null, options] = spec
      const known = isDict(options) ? options : new Map()
      inputs.set(input, {
        name: input,
        required: group === 'required',
        type: typeOf(type, input),
        options: known,
        info: [type, known],
      })
    }
  }
  const outputs = entry.get('output')
  return {
    name,
    v3,
    isOutput: entry.get('output_node') === true,
    inputs,
    hidden: dictAt(groups, 'hidden'),
    outputs: Array.isArray(outputs) ? outputs.map(typeOf) : [],
    behaviour,
  }
}

function dictAt(container: PyDict, key: string): PyDict {
  const value = container.get(key)
  return isDict(value) ? value : new Map()
}
