import { PythonError } from './py.ts'

/** Throws Python's words for parameters that got no argument. */
export function requireArguments(
  functionName: string,
  required: readonly string[],
  given: ReadonlyMap<string, unknown>,
): void {
  const missing = required.filter((name) => !given.has(name)).map((name) => `'${name}'`)
  const last = missing.pop()
  if (last === undefined) return
  const names = missing.length === 0 ? last : `${missing.join(', ')}${missing.length > 1 ? ',' : ''} and ${last}`
  throw new PythonError(
    'TypeError',
    `${functionName}() missing ${missing.length + 1} required positional argument${missing.length > 0 ? 's' : ''}: ${names}`,
  )
}
