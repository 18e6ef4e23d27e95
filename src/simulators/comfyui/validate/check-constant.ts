import { pyBool, pyFloat, pyInt } from '../python/convert.ts'
import { pyRepr, pyStr } from '../python/format.ts'
import { pyGreater, pyIn, pyLess } from '../python/operators.ts'
import { isDict, type Py, PythonError } from '../python/py.ts'
import type { Rules } from '../rules.ts'
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

/** `min`, `max` and the options of a combo. Throws where Python raises. */
export function checkRange(
  spec: InputSpec,
  value: Py,
  { comboOptions }: Pick<Rules, 'comboOptions'>,
): NodeError | undefined {
  const min = spec.options.get('min')
  if (min !== undefined && pyLess(value, min)) return outside('value_smaller_than_min', spec, value, 'smaller', min)
  const max = spec.options.get('max')
  if (max !== undefined && pyGreater(value, max)) return outside('value_bigger_than_max', spec, value, 'bigger', max)
  const options = comboOptions ? optionsOf(spec) : spec.type.type
  if (!Array.isArray(options)) return undefined
  const several = comboOptions && Array.isArray(value) && pyBool(spec.options.get('multiselect') ?? false)
  const refused = (several ? value : [value]).filter((each) => !pyIn(each, options))
  if (refused.length === 0) return undefined
  const words = comboOptions ? refused.map(pyRepr).join(', ') : `'${pyStr(value)}'`
  const long = options.length > LIST_LIMIT
  const list = long ? `(list of length ${options.length})` : pyStr(options)
  return nodeError(
    'value_not_in_list',
    'Value not in list',
    `${spec.name}: ${words} not in ${list}`,
    withValue(spec, value, long ? null : spec.info),
  )
}

/** What a combo of either style allows; undefined for other inputs, and for lists that only the editor fetches. */
export function optionsOf({ type: { type }, options }: InputSpec): Py | undefined {
  if (type !== 'COMBO') return type
  if (pyBool(options.get('remote_combo') ?? false)) return undefined
  return options.get('options') ?? []
}

function outside(type: string, spec: InputSpec, value: Py, how: 'smaller' | 'bigger', limit: Py): NodeError {
  const message = `Value ${pyStr(value)} ${how} than ${how === 'smaller' ? 'min' : 'max'} of ${pyStr(limit)}`
  return nodeError(type, message, spec.name, withValue(spec, value))
}
