import { pyBool } from '../python/convert.ts'
import { isDict, type Py } from '../python/py.ts'
import { PythonError } from '../python/python-error.ts'

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
