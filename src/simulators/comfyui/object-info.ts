import { notWhatItAnswered } from '../../recording/comfyui-knowledge.ts'
import { parseJson } from './python/parse.ts'
import { type Py, PythonError } from './python/py.ts'

/** What a server's `GET /object_info` says of its classes, by name, in its order. */
export type ObjectInfo = Pick<ReadonlyMap<string, Py>, 'get' | 'keys'>

/**
 * Reads a class from its text when it is first asked for: a run uses one in twenty. A text that is not JSON throws
 * PR_RECORDING then.
 */
export function readObjectInfo(texts: ReadonlyMap<string, string>): ObjectInfo {
  const read = new Map<string, Py>()
  return {
    keys: () => texts.keys(),
    get(name) {
      const text = texts.get(name)
      if (text !== undefined && !read.has(name)) read.set(name, readClass(text))
      return read.get(name)
    },
  }
}

function readClass(text: string): Py {
  try {
    return parseJson(text)
  } catch (error) {
    throw error instanceof PythonError ? notWhatItAnswered() : error
  }
}
