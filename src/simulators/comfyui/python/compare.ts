import { type Py, typeName } from './py.ts'
import { PythonError } from './python-error.ts'

/** Python's `a == b`: numbers by value whatever their type (`1 == 1.0 == True`), containers by content, NaN never. */
export function pyEquals(a: Py, b: Py): boolean {
  if (isNumber(a) && isNumber(b)) return same(numeric(a), numeric(b))
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => pyEquals(item, b[index] ?? null))
  }
  if (a instanceof Map) {
    return (
      b instanceof Map &&
      a.size === b.size &&
      a.entries().every(([key, item]) => {
        const other = b.get(key)
        return other !== undefined && pyEquals(item, other)
      })
    )
  }
  return a === b
}

/** Python's `a < b`. Throws its TypeError for operands without an order. */
export function pyLess(a: Py, b: Py): boolean {
  return ordered(a, b, '<')
}

/** Python's `a > b`. Throws its TypeError for operands without an order. */
export function pyGreater(a: Py, b: Py): boolean {
  return ordered(a, b, '>')
}

/** Python's `value in list`. */
export function pyIn(value: Py, list: readonly Py[]): boolean {
  return list.some((item) => pyEquals(item, value))
}

/**
 * A text that is the same for values that Python holds equal and differs otherwise, for use as a key. NaN has the key of no
 * other value but its own: who needs `nan != nan` looks for it beforehand.
 */
export function pyKey(value: Py): string {
  if (isNumber(value)) {
    const number = numeric(value)
    return `n${Number.isInteger(number) ? BigInt(number) : number}`
  }
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === null) return 'None'
  if (Array.isArray(value)) return `[${value.map(pyKey).join()}]`
  const entries = Array.from(value, ([key, item]) => `${JSON.stringify(key)}:${pyKey(item)}`)
  return `{${entries.sort().join()}}`
}

function ordered(a: Py, b: Py, operator: '<' | '>'): boolean {
  if (isNumber(a) && isNumber(b)) {
    return operator === '<' ? numeric(a) < numeric(b) : numeric(a) > numeric(b)
  }
  if (typeof a === 'string' && typeof b === 'string') {
    return operator === '<' ? compareText(a, b) < 0 : compareText(a, b) > 0
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const at = a.findIndex((item, index) => index >= b.length || !pyEquals(item, b[index] ?? null))
    if (at >= 0 && at < b.length) return ordered(a[at] ?? null, b[at] ?? null, operator)
    return operator === '<' ? a.length < b.length : a.length > b.length
  }
  throw new PythonError(
    'TypeError',
    `'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`,
  )
}

/** By code points, as Python does; JS compares UTF-16 units, which differs beyond U+FFFF. */
function compareText(a: string, b: string): number {
  const left = Array.from(a, (char) => char.codePointAt(0) ?? 0)
  const right = Array.from(b, (char) => char.codePointAt(0) ?? 0)
  const at = left.findIndex((code, index) => code !== right[index])
  if (at < 0) return left.length - right.length
  return (left[at] ?? 0) - (right[at] ?? -1)
}

const isNumber = (value: Py): value is boolean | bigint | number =>
  typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean'

const numeric = (value: boolean | bigint | number): bigint | number =>
  typeof value === 'boolean' ? (value ? 1n : 0n) : value

// A bigint and a number are compared exactly, as in Python; `==` is the only operator that does.
// biome-ignore lint/suspicious/noDoubleEquals: see above
const same = (a: bigint | number, b: bigint | number): boolean => a == b
