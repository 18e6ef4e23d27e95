import { pyBool, pyFloat, pyInt } from '../python/convert.ts'
import { pyStr } from '../python/format.ts'
import { pyGreater, pyIn, pyLess } from '../python/operators.ts'
import { isDict, type Py, PythonError } from '../python/py.ts'
import type { InputSpec } from './node-class.ts'
import { type NodeError, nodeError, withValue } from './node-error.ts'

/** Longer combos are not written out in a message. */
const LIST_LIMIT = 20

const CONVERSIONS: Readonly<Record<string, (value: Py) => Py>> = {
  INT: pyInt,
  FLOAT: pyFloat,
  STRING: pyStr,
  BOOLEAN: pyBool,
}

export interface ConstantCheck {
  /** The value that the server goes on with: unwrapped and converted. */
  readonly value: Py
  readonly error?: NodeError
}

/** `{"__value__": x}` becomes x, and the types INT, FLOAT, STRING and BOOLEAN are converted as Python does. */
export function convertConstant(spec: InputSpec, given: Py): ConstantCheck {
  const wrapped = isDict(given) ? given.get('__value__') : undefined
  const value = wrapped === undefined ? given : wrapped
  const type = spec.type.type
  const convert = typeof type === 'string' && Object.hasOwn(CONVERSIONS, type) ? CONVERSIONS[type] : undefined
  if (!convert) return { value }
  try {
    return { value: convert(value) }
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
    const info = withValue(spec, value).set('exception_message', error.message)
    const message = `Failed to convert an input value to a ${type} value`
    return {
      value,
      error: nodeError('invalid_input_type', message, `${spec.name}, ${pyStr(value)}, ${error.message}`, info),
    }
  }
}

/** `min`, `max` and the options of an old combo; new combos are not enforced in 0.3.64. Throws where Python raises. */
export function checkRange(spec: InputSpec, value: Py): NodeError | undefined {
  const min = spec.options.get('min')
  if (min !== undefined && pyLess(value, min)) return outside('value_smaller_than_min', spec, value, 'smaller', min)
  const max = spec.options.get('max')
  if (max !== undefined && pyGreater(value, max)) return outside('value_bigger_than_max', spec, value, 'bigger', max)
  const options = spec.type.type
  if (!Array.isArray(options) || pyIn(value, options)) return undefined
  const long = options.length > LIST_LIMIT
  const list = long ? `(list of length ${options.length})` : pyStr(options)
  return nodeError(
    'value_not_in_list',
    'Value not in list',
    `${spec.name}: '${pyStr(value)}' not in ${list}`,
    withValue(spec, value, long ? null : spec.info),
  )
}

function outside(type: string, spec: InputSpec, value: Py, how: 'smaller' | 'bigger', limit: Py): NodeError {
  const message = `Value ${pyStr(value)} ${how} than ${how === 'smaller' ? 'min' : 'max'} of ${pyStr(limit)}`
  return nodeError(type, message, spec.name, withValue(spec, value))
}
