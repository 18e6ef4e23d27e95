import type { LinkType, ValidateInputs } from '../behaviours/node-behaviour.ts'
import { requireArguments } from '../behaviours/signature.ts'
import { isRawHidden, linkOf } from '../execute/dynamic-prompt.ts'
import { pyBool } from '../python/convert.ts'
import { pyStr } from '../python/format.ts'
import { pyItem, pyIterate } from '../python/operators.ts'
import { type Py, PythonError } from '../python/py.ts'
import type { InputSpec, NodeClass } from './node-class.ts'
import { customValidationFailed, type NodeError } from './node-error.ts'

const HIDDEN_VALUES = new Set([
  'PROMPT',
  'DYNPROMPT',
  'EXTRA_PNGINFO',
  'UNIQUE_ID',
  'AUTH_TOKEN_COMFY_ORG',
  'API_KEY_COMFY_ORG',
])

export interface OwnCheckCall {
  readonly inputs: Py
  readonly inputTypes: ReadonlyMap<string, LinkType>
  /** The inputs that the class has for this node. */
  readonly specs: ReadonlyMap<string, InputSpec>
  readonly fileExists: (annotatedName: string) => boolean
}

/** Runs a class's own check on a node's inputs, as execution.py's validate_inputs does after its own checks. */
export function runOwnCheck(node: NodeClass, check: ValidateInputs, call: OwnCheckCall): NodeError[] {
  const { functionName = `${node.name}.${node.v3 ? 'validate_inputs' : 'VALIDATE_INPUTS'}`, parameters = [] } = check
  const passed = new Map<string, Py>()
  for (const [name, value] of suppliedInputs(node, call)) {
    // The class itself is the first argument, and counts among the parameters that an input may be named after.
    if (name === 'cls' && !check.isStatic) {
      throw new PythonError('TypeError', `${functionName}() got multiple values for argument 'cls'`)
    }
    if (takesInput(check, name)) passed.set(name, value)
  }
  if (takesInputTypes(check)) passed.set('input_types', new Map())
  requireArguments(functionName, parameters, passed)
  const result = check.check(passed, { ...call, declared: (input) => call.specs.get(input)?.type })
  if (result === true) return []
  const words = result === false ? undefined : pyStr(result)
  return Array.from(passed.keys(), (input) => customValidationFailed(input, words))
}

/** Whether the server leaves an input to the check: it is a named parameter, or the check takes any. */
export function takesInput(check: ValidateInputs, input: string): boolean {
  return check.kwargs === true || names(check, input)
}

/** Whether the server leaves the types of links to the check. */
export const takesInputTypes = (check: ValidateInputs): boolean => names(check, 'input_types')

const names = ({ parameters = [], optional = [] }: ValidateInputs, name: string) =>
  parameters.includes(name) || optional.includes(name)

/** What execution.py's get_input_data hands out before anything ran: constants as they are, links as None. */
function suppliedInputs(node: NodeClass, { inputs, specs }: OwnCheckCall): ReadonlyMap<string, Py> {
  const supplied = new Map<string, Py>()
  for (const name of pyIterate(inputs)) {
    const value = pyItem(inputs, name)
    const key = typeof name === 'string' ? name : undefined
    if (linkOf(value) && !isRawLink(node, specs, key)) supplied.set(key ?? pyStr(name), null)
    else if (key !== undefined && (specs.has(key) || (!node.v3 && node.hidden.has(key)))) supplied.set(key, value)
  }
  if (!node.v3) {
    for (const [name, kind] of node.hidden)
      if (typeof kind === 'string' && HIDDEN_VALUES.has(kind)) supplied.set(name, null)
  }
  return supplied
}

function isRawLink(node: NodeClass, specs: OwnCheckCall['specs'], input: string | undefined): boolean {
  if (input === undefined) return false
  const spec = specs.get(input)
  if (spec) return pyBool(spec.options.get('rawLink') ?? false)
  return !node.v3 && isRawHidden(node.hidden.get(input))
}
