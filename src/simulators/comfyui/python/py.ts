/**
 * A Python value as ComfyUI's JSON can make it. `bigint` is `int` (exact, any size), `number` is `float` (1.0 is not 1n),
 * `Map` is `dict` (document order, also for keys that look like integers).
 */
export type Py = null | boolean | bigint | number | string | Py[] | PyDict

export type PyDict = Map<string, Py>

/** A dict from an object literal. Keys that look like integers would be reordered by JS: set those on a Map. */
export const dict = (entries: { readonly [key: string]: Py }): PyDict => new Map(Object.entries(entries))

/** Python's `isinstance(value, dict)`. */
export const isDict = (value: Py | undefined): value is PyDict => value instanceof Map

/** Python's `type(value).__name__`. */
export function typeName(value: Py): string {
  if (value === null) return 'NoneType'
  if (Array.isArray(value)) return 'list'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return 'float'
    case 'string':
      return 'str'
    default:
      return 'dict'
  }
}

/**
 * A Python exception: `type` as ComfyUI names it (`ValueError`), `message` is `str(exception)`, `traceback` the lines of its
 * stack where they are known.
 */
export class PythonError extends Error {
  override readonly name = 'PythonError'
  readonly type: string
  /** Lines as `execution_error` shows them. */
  readonly traceback: readonly string[]

  constructor(type: string, message: string, traceback: readonly string[] = []) {
    super(message)
    this.type = type
    this.traceback = traceback
  }
}
