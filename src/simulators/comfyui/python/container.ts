import { pyIn } from './compare.ts'
import { pyRepr } from './format.ts'
import { isDict, type Py, typeName } from './py.ts'
import { PythonError } from './python-error.ts'

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
