import { pyRepr } from './format.ts'
import { isDict, type Py, PythonError, typeName } from './py.ts'

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

const INDEX_LIMIT = 2n ** 63n

/** Python's `container[key]`. `kind` names the type in a list's messages: a tuple has the same rules. */
export function pyItem(container: Py, key: Py, kind: 'list' | 'tuple' = 'list'): Py {
  if (isDict(container)) {
    const value = typeof key === 'string' ? container.get(key) : undefined
    if (value !== undefined) return value
    requireHashable(key)
    throw new PythonError('KeyError', pyRepr(key))
  }
  if (Array.isArray(container)) return elementAt(container, key, kind)
  if (typeof container === 'string') {
    if (typeof key !== 'bigint' && typeof key !== 'boolean') {
      throw new PythonError('TypeError', `string indices must be integers, not '${typeName(key)}'`)
    }
    return elementAt([...container], key, 'string')
  }
  throw new PythonError('TypeError', `'${typeName(container)}' object is not subscriptable`)
}

/** Python's `key in container`. */
export function pyContains(container: Py, key: Py): boolean {
  if (isDict(container)) {
    requireHashable(key)
    return typeof key === 'string' && container.has(key)
  }
  if (Array.isArray(container)) return pyIn(key, container)
  if (typeof container !== 'string') {
    throw new PythonError('TypeError', `argument of type '${typeName(container)}' is not iterable`)
  }
  if (typeof key === 'string') return container.includes(key)
  throw new PythonError('TypeError', `'in <string>' requires string as left operand, not ${typeName(key)}`)
}

/** What `for x in container` goes through: keys, elements or characters. */
export function pyIterate(container: Py): readonly Py[] {
  if (isDict(container)) return [...container.keys()]
  if (Array.isArray(container)) return container
  if (typeof container === 'string') return [...container]
  throw new PythonError('TypeError', `'${typeName(container)}' object is not iterable`)
}

/** Throws what a dict look-up throws for a key that has no hash. */
export function requireHashable(key: Py): void {
  if (Array.isArray(key) || isDict(key)) throw new PythonError('TypeError', `unhashable type: '${typeName(key)}'`)
}

function elementAt(items: readonly Py[], key: Py, kind: 'list' | 'tuple' | 'string'): Py {
  if (typeof key !== 'bigint' && typeof key !== 'boolean') {
    throw new PythonError('TypeError', `${kind} indices must be integers or slices, not ${typeName(key)}`)
  }
  const index = BigInt(key)
  if (index >= INDEX_LIMIT || index < -INDEX_LIMIT) {
    throw new PythonError('IndexError', "cannot fit 'int' into an index-sized integer")
  }
  const item = items.at(Number(index))
  if (item === undefined) throw new PythonError('IndexError', `${kind} index out of range`)
  return item
}
