import { pyBool } from '../python/convert.ts'
import { isDict, type Py, PythonError } from '../python/py.ts'

export interface Link {
  readonly node: string
  readonly slot: number
  /** A slot that no list can be indexed with, `1.0` included. */
  readonly isFloat: boolean
}

/** comfy_execution.graph_utils.is_link: a list of exactly a string and a number; `true` and `1.0` are numbers in Python. */
export function linkOf(value: Py | undefined): Link | null {
  if (!Array.isArray(value) || value.length !== 2) return null
  const [node, slot] = value
  if (typeof node !== 'string') return null
  if (typeof slot !== 'bigint' && typeof slot !== 'number' && typeof slot !== 'boolean') return null
  return { node, slot: Number(slot), isFloat: typeof slot === 'number' }
}

/**
 * Whether a link to a hidden input is handed over as it is. V1 classes mostly declare these by a bare string, whose second
 * character the server then takes for the options.
 */
export function isRawHidden(declared: Py | undefined): boolean {
  if (typeof declared === 'string' && declared.length > 1) {
    throw new PythonError('AttributeError', "'str' object has no attribute 'get'")
  }
  return Array.isArray(declared) && isDict(declared[1]) && pyBool(declared[1].get('rawLink') ?? false)
}
