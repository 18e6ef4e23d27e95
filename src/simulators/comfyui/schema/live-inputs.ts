import { isDict, type Py, type PyDict } from '../python/py.ts'

/** One input as a node has it: its declaration in object_info, `[type, options]`. */
export interface LiveInput {
  readonly required: boolean
  readonly declaration: Py[]
}

export interface LiveInputs {
  /** By name; those of dynamic inputs are dotted: `images.image0`, `resize_type.width`. */
  readonly inputs: ReadonlyMap<string, LiveInput>
  /** Dynamic inputs without a value of their own: the function gets an empty dict for them. */
  readonly empty: ReadonlySet<string>
}

type Add = (name: string, live: LiveInput) => void

interface Growing {
  readonly given: ReadonlyMap<string, unknown>
  readonly add: Add
  readonly empty: Set<string>
}

type Expand = (name: string, live: LiveInput, options: PyDict, growing: Growing) => void

/** V3 inputs that stand for others (comfy_api/latest/_io.py, DYNAMIC_INPUT_LOOKUP). */
const DYNAMIC: Readonly<Record<string, Expand>> = {
  COMFY_AUTOGROW_V3: autogrow,
  COMFY_DYNAMICCOMBO_V3: dynamicCombo,
  COMFY_DYNAMICSLOT_V3: dynamicSlot,
}

/** Whether a class has inputs whose number or kind depends on what a node gives. `groups` is `input` of object_info. */
export function hasDynamicInputs(groups: PyDict): boolean {
  return declared(groups).some(([, { declaration }]) => expansionOf(declaration) !== undefined)
}

/** The inputs that a class has for one node: dynamic ones are replaced by those that its values make of them. */
export function liveInputs(groups: PyDict, given: ReadonlyMap<string, unknown>): LiveInputs {
  const inputs = new Map<string, LiveInput>()
  const growing: Growing = {
    given,
    add: (name, live) => {
      if (!inputs.has(name)) inputs.set(name, live)
    },
    empty: new Set(),
  }
  expandAll(groups, '', growing)
  return { inputs, empty: growing.empty }
}

/** The parameter of the class's function that a dotted input is a part of. */
export function parameterOf(input: string): string {
  const dot = input.indexOf('.')
  return dot < 0 ? input : input.slice(0, dot)
}

function expandAll(groups: PyDict, prefix: string, growing: Growing): void {
  for (const [name, live] of declared(groups)) {
    const full = prefix + name
    const expand = expansionOf(live.declaration)
    const options = live.declaration[1]
    if (expand) expand(full, live, isDict(options) ? options : new Map(), growing)
    else growing.add(full, live)
  }
}

/** Every name that the template allows, required up to `min`; the input itself is none. */
function autogrow(name: string, _: LiveInput, options: PyDict, { given, add, empty }: Growing): void {
  const template = dictAt(options, 'template')
  const [first] = declared(dictAt(template, 'input'))
  if (!first) return
  const [, { required, declaration }] = first
  const min = numberAt(template, 'min')
  const names = namesOf(template).map((part) => `${name}.${part}`)
  for (const [index, full] of names.entries()) add(full, { required: required && index < min, declaration })
  if (!names.some((full) => given.has(full))) empty.add(name)
}

function namesOf(template: PyDict): string[] {
  const names = template.get('names')
  if (Array.isArray(names)) return names.map(String)
  const prefix = template.get('prefix')
  return Array.from({ length: numberAt(template, 'max') }, (_, index) => `${String(prefix)}${index}`)
}

/** The inputs of the option that the node names. Without one that there is, the class does not have the input at all. */
function dynamicCombo(name: string, live: LiveInput, options: PyDict, growing: Growing): void {
  const key = growing.given.get(name)
  const chosen = listAt(options, 'options').find((option) => isDict(option) && option.get('key') === key)
  if (key === undefined || !isDict(chosen)) return
  expandAll(dictAt(chosen, 'inputs'), `${name}.`, growing)
  growing.add(name, live)
}

function dynamicSlot(name: string, live: LiveInput, options: PyDict, growing: Growing): void {
  if (!growing.given.has(name)) return
  expandAll(dictAt(options, 'inputs'), `${name}.`, growing)
  growing.add(name, live)
}

function declared(groups: PyDict): Array<[string, LiveInput]> {
  return (['required', 'optional'] as const).flatMap((group) =>
    [...dictAt(groups, group)].flatMap(
      ([name, declaration]): Array<[string, LiveInput]> =>
        Array.isArray(declaration) ? [[name, { required: group === 'required', declaration }]] : [],
    ),
  )
}

function expansionOf([type]: readonly Py[]): Expand | undefined {
  return typeof type === 'string' && Object.hasOwn(DYNAMIC, type) ? DYNAMIC[type] : undefined
}

function dictAt(container: PyDict, key: string): PyDict {
  const value = container.get(key)
  return isDict(value) ? value : new Map()
}

function listAt(container: PyDict, key: string): Py[] {
  const value = container.get(key)
  return Array.isArray(value) ? value : []
}

function numberAt(container: PyDict, key: string): number {
  const value = container.get(key)
  return typeof value === 'bigint' || typeof value === 'number' ? Number(value) : 0
}
