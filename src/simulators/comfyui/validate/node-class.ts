import type { Behaviours } from '../behaviours/behaviours.ts'
import type { LinkType, NodeBehaviour, NotEqual, SocketType } from '../behaviours/node-behaviour.ts'
import type { ObjectInfo } from '../object-info.ts'
import { pyEquals } from '../python/operators.ts'
import { isDict, type Py, type PyDict } from '../python/py.ts'
import type { Rules } from '../rules.ts'
import { hasDynamicInputs, liveInputs } from '../schema/live-inputs.ts'

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
  /** Those of one node: dynamic inputs are replaced by what the node's own values make of them. */
  readonly inputsOf: (given: Py) => ReadonlyMap<string, InputSpec>
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
  const specOf = (input: string, required: boolean, [type = null, options]: readonly Py[]): InputSpec => {
    const known = isDict(options) ? options : new Map()
    return { name: input, required, type: typeOf(type, input), options: known, info: [type, known] }
  }
  const inputs = new Map<string, InputSpec>()
  for (const group of ['required', 'optional'] as const) {
    for (const [input, spec] of dictAt(groups, group)) {
      if (inputs.has(input) || !Array.isArray(spec)) continue
      inputs.set(input, specOf(input, group === 'required', spec))
    }
  }
  const isDynamic = v3 && hasDynamicInputs(groups)
  const grown = (given: Py): ReadonlyMap<string, InputSpec> => {
    const live = liveInputs(groups, isDict(given) ? given : new Map())
    return new Map(
      Array.from(live.inputs, ([input, { required, declaration }]) => [input, specOf(input, required, declaration)]),
    )
  }
  const outputs = entry.get('output')
  return {
    name,
    v3,
    isOutput: entry.get('output_node') === true,
    inputs,
    inputsOf: isDynamic ? grown : () => inputs,
    hidden: dictAt(groups, 'hidden'),
    outputs: Array.isArray(outputs) ? outputs.map(typeOf) : [],
    behaviour,
  }
}

function dictAt(container: PyDict, key: string): PyDict {
  const value = container.get(key)
  return isDict(value) ? value : new Map()
}

/** The type of a socket by its name in `object_info` and how that compares; a class of its own wins. */
export function linkType(type: Py, isV3: boolean, own: SocketType | undefined): LinkType {
  if (typeof own === 'function') return { type, notEqual: own }
  // `*` of a V1 class is nearly always ComfyUI's IO.ANY; object_info does not tell it from an ordinary string.
  const isAny = own === undefined ? isV3 || type === '*' : own === 'any'
  return isAny ? { type, notEqual: notEqualAny } : { type }
}

/** Takes every type where the server knows it: what it stands for is the editor's to find out. */
const MATCHES_ALL: readonly Py[] = ['*', 'COMFY_MATCHTYPE_V3']

/** Whether a link may lead from an output to an input (comfy_execution/validation.py, validate_node_input). */
export function typesMatch(received: LinkType, wanted: LinkType, { matchTypes }: Pick<Rules, 'matchTypes'>): boolean {
  if (!unequal(received, wanted)) return true
  if (matchTypes) {
    if (MATCHES_ALL.includes(received.type) || MATCHES_ALL.includes(wanted.type)) return true
    if (Array.isArray(received.type) && wanted.type === 'COMBO') return true
  }
  if (typeof received.type !== 'string' || typeof wanted.type !== 'string') return false
  const names = wanted.type.split(',').map((name) => name.trim())
  const others = received.type.split(',').map((name) => name.trim())
  if (matchTypes && (names.includes('*') || others.includes('*'))) return true
  return others.some((name) => names.includes(name))
}

/**
 * Python's `a != b`: the left side's rule, but the right side's when the left is an ordinary str or list
 * (a subclass goes first).
 */
function unequal(a: LinkType, b: LinkType): boolean {
  if (a.notEqual) return a.notEqual(a.type, b.type)
  return b.notEqual ? b.notEqual(b.type, a.type) : !pyEquals(a.type, b.type)
}

/** ComfyUI's IO enum and V3 types: `*` equals everything, and a union whatever holds all its names. */
const notEqualAny: NotEqual = (type, other) => {
  if (type === '*' || other === '*') return false
  if (typeof type !== 'string' || typeof other !== 'string') return true
  const names = other.split(',')
  return !type.split(',').every((name) => names.includes(name))
}
