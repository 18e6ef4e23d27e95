import { pyStr } from '../python/format.ts'
import { PythonError, typeName } from '../python/py.ts'
import type { OwnCheck } from './validate-behaviour.ts'

/** The check of loader nodes: the annotated name in `input` must lead to something that exists. */
export function fileCheck(name: string, input: string, what: string): OwnCheck {
  return {
    name,
    required: [input],
    run(inputs, { fileExists }) {
      const value = inputs.get(input) ?? null
      if (typeof value !== 'string') {
        throw new PythonError('AttributeError', `'${typeName(value)}' object has no attribute 'endswith'`)
      }
      return fileExists(value) || `Invalid ${what} file: ${pyStr(value)}`
    },
  }
}
