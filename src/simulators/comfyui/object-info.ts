import { membersOf } from '../../recording/exact-json.ts'
import { parseJson } from './python/parse.ts'
import type { Py } from './python/py.ts'

/** What a server's `GET /object_info` says of its classes, by name, in its order. */
export type ObjectInfo = Pick<ReadonlyMap<string, Py>, 'get' | 'keys'>

/** Reads a class when it is first asked for: a run uses one in twenty. */
export function readObjectInfo(text: string): ObjectInfo {
  const members = membersOf(text)
  const read = new Map<string, Py>()
  return {
    keys: () => members.keys(),
    get(name) {
      const member = members.get(name)
      if (member !== undefined && !read.has(name)) read.set(name, parseJson(member))
      return read.get(name)
    },
  }
}
