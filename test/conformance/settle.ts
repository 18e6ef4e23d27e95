import { dumpJson } from '../../src/simulators/comfyui/python/format.ts'
import { isDict, type Py } from '../../src/simulators/comfyui/python/py.ts'

/** What a corpus record says of its own answer (JSON pointers). */
export interface Looseness {
  readonly order_free?: readonly string[]
  readonly unstable?: readonly string[]
}

/**
 * An answer without what a server decides anew each time: tracebacks and `unstable` places are dropped, `order_free` ones
 * sorted. `at` is the pointer of the value itself. The value is left alone; a changed copy is returned.
 */
export function settle(value: Py, { order_free = [], unstable = [] }: Looseness, at = ''): Py {
  const free = new Set(order_free)
  const dropped = new Set(unstable)
  // Indexes in `unstable` count after sorting, so sorting comes first, on every level.
  return drop(sort(value, free, at), dropped, at)
}

function sort(value: Py, free: ReadonlySet<string>, at: string): Py {
  if (Array.isArray(value)) {
    const items = value.map((item, index) => sort(item, free, `${at}/${index}`))
    return free.has(at) ? items.toSorted((a, b) => byCodePoint(sortKey(a), sortKey(b))) : items
  }
  if (!isDict(value)) return value
  const entries = Array.from(value, ([key, item]): [string, Py] => [key, sort(item, free, `${at}/${escapeKey(key)}`)])
  const kept = entries.filter(([key]) => key !== 'traceback')
  const sorted = new Map(free.has(at) ? kept.toSorted(([a], [b]) => byCodePoint(a, b)) : kept)
  const details = sorted.get('details')
  if (sorted.get('type') === 'prompt_outputs_failed_validation' && typeof details === 'string') {
    sorted.set('details', details.split('\n').sort().join('\n'))
  }
  return sorted
}

/** Errors by type, details and canonical JSON; anything else by its JSON. */
function sortKey(value: Py): string {
  if (!isDict(value)) return dumpJson(value)
  return [value.get('type') ?? null, value.get('details') ?? null, value].map(dumpJson).join('\n')
}

function drop(value: Py, dropped: ReadonlySet<string>, at: string): Py {
  if (Array.isArray(value)) {
    return value.map((item, index) => (dropped.has(`${at}/${index}`) ? null : drop(item, dropped, `${at}/${index}`)))
  }
  if (!isDict(value)) return value
  const kept = value.entries().filter(([key]) => !dropped.has(`${at}/${escapeKey(key)}`))
  return new Map(kept.map(([key, item]) => [key, drop(item, dropped, `${at}/${escapeKey(key)}`)]))
}

/** A key as a part of a JSON pointer (RFC 6901). */
const escapeKey = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
