import type { ClassTraits, NodeInputTraits } from '../execute/node-runner.ts'
import type { Value } from '../execute/value.ts'
import { isDict, PythonError } from '../python/py.ts'
import { parameterOf } from '../schema/live-inputs.ts'
import type { NodeBehaviour } from './node-behaviour.ts'
import { pythonType } from './node-inputs.ts'

/** The function of a class, as far as Python's complaints about arguments show it. */
export interface Signature {
  /** `SaveImage.save_images`: an inherited function keeps the class that has it. */
  readonly name: string
  /** Parameters without a default, in order. */
  readonly parameters: readonly string[]
  /** It has `**kwargs`. */
  readonly kwargs: boolean
}

/** Packs whose classes take what they declare. Those of others often take more, and are held to nothing. */
const EXACT = new Set(['custom_nodes.ComfyUI-GGUF', 'custom_nodes.ComfyUI-VideoHelperSuite'])

/**
 * `<function>` stands for a name that neither a behaviour nor a recording tells: object_info does not have it, and V3 classes
 * all have `execute`. `learnt` is what a recording showed.
 */
export function signatureOf(
  classType: string,
  { required, module, isV3 }: ClassTraits,
  behaviour: Omit<NodeBehaviour<never>, 'classType'> = {},
  learnt?: string | null,
): Signature {
  const isExact = !module.startsWith('custom_nodes.') || EXACT.has(module) || behaviour.run !== undefined
  return {
    name: behaviour.functionName ?? learnt ?? `${classType}.${isV3 ? 'execute' : '<function>'}`,
    parameters: behaviour.parameters ?? (isExact ? required : []),
    kwargs: behaviour.kwargs ?? !isExact,
  }
}

/**
 * Python's own check of a call's arguments. A link to an input that the class does not have is followed all the same, and its
 * value handed over by name; lists that are all empty hand over nothing.
 */
export function checkArguments(
  { name, parameters, kwargs }: Signature,
  { isV3, hidden, inputs: declared }: ClassTraits,
  { inputs, empty, isDynamic }: NodeInputTraits,
  given: ReadonlyMap<string, Value>,
): void {
  for (const argument of given.keys()) {
    if (argument === 'self' && !isV3) {
      throw new PythonError('TypeError', `${name}() got multiple values for argument 'self'`)
    }
    if (kwargs || inputs.has(argument) || declared.has(argument) || hidden.has(argument)) continue
    throw new PythonError('TypeError', `${name}() got an unexpected keyword argument '${argument}'`)
  }
  // Inputs that are missing by themselves were refused when the prompt was posted.
  if (given.size > 0 && !isDynamic) return
  const named = [...given.keys()].map((argument) => (inputs.has(argument) ? parameterOf(argument) : argument))
  requireArguments(name, parameters, new Set([...named, ...empty]))
}

/**
 * Throws what a V3 function comes to whose dynamic combo was linked: it gets the bare value, where it looks for the option's
 * inputs.
 */
export function refuseBareOptions(
  { inputs: declared }: ClassTraits,
  { inputs, isDynamic }: NodeInputTraits,
  given: ReadonlyMap<string, Value>,
): void {
  if (!isDynamic) return
  for (const [name, options] of declared) {
    const value = given.get(name)
    const choices = options.get('options')
    if (!value || inputs.has(name) || !Array.isArray(choices) || !choices.some(isDict)) continue
    const type = pythonType(value)
    const words =
      type === 'str' ? "string indices must be integers, not 'str'" : `'${type}' object is not subscriptable`
    throw new PythonError('TypeError', words)
  }
}

/** Throws Python's words for parameters that got no argument. */
export function requireArguments(
  functionName: string,
  parameters: readonly string[],
  given: Pick<ReadonlySet<string>, 'has'>,
): void {
  const missing = parameters.filter((name) => !given.has(name)).map((name) => `'${name}'`)
  const last = missing.pop()
  if (last === undefined) return
  const names = missing.length === 0 ? last : `${missing.join(', ')}${missing.length > 1 ? ',' : ''} and ${last}`
  throw new PythonError(
    'TypeError',
    `${functionName}() missing ${missing.length + 1} required positional argument${missing.length > 0 ? 's' : ''}: ${names}`,
  )
}
