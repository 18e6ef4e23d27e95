import { basename } from '../files/python-path.ts'
import { dict, type Py, type PyDict } from '../python/py.ts'
import type { UserData } from '../server/user-data.ts'
import { jsonAnswer, textAnswer } from './aiohttp.ts'

/** `GET /userdata?dir=…`: the files of a folder, with `recurse` those below it; hidden ones are never listed. */
export function filesIn(data: UserData, query: URLSearchParams): Response {
  const isSet = (name: string) => query.get(name)?.toLowerCase() === 'true'
  const asked = query.get('dir') ?? ''
  if (asked === '') return textAnswer(400, 'Directory not provided')
  const folder = data.pathOf(asked)
  if (folder === null) return textAnswer(403, 'Invalid directory')
  if (data.kindOf(folder) === null) return textAnswer(404, 'Directory not found')
  const found = data.below(folder).files.filter((path) => {
    const parts = data.nameOf(path, folder).split('/')
    return parts.every((part) => !part.startsWith('.')) && (parts.length === 1 || isSet('recurse'))
  })
  return jsonAnswer(
    found.map((path): Py => {
      if (isSet('full_info')) return data.info(path, folder)
      const name = data.nameOf(path, folder)
      return isSet('split') ? [name, ...name.split('/')] : name
    }),
  )
}

/** `GET /v2/userdata?path=…`: all that is below a folder, folders first. */
export function treeOf(data: UserData, asked: string): Response {
  const folder = data.pathOf(asked)
  if (folder === null) return textAnswer(400, 'Invalid path requested')
  const kind = data.kindOf(folder)
  if (kind === null) return textAnswer(404, 'Requested path not found')
  if (kind === 'file') return textAnswer(400, 'Requested path is not a directory')
  const { files, folders } = data.below(folder)
  const named = (path: string) => ({ name: basename(path), path: data.nameOf(path) })
  return jsonAnswer([
    ...sorted(folders.map((path) => dict({ ...named(path), type: 'directory' }))),
    ...sorted(
      files.map((path) => {
        const { bytes, modified } = data.read(path)!
        return dict({ ...named(path), type: 'file', size: BigInt(bytes.length), modified: modified / 1000 })
      }),
    ),
  ])
}

function sorted(entries: readonly PyDict[]): PyDict[] {
  const key = (entry: PyDict) => String(entry.get('name')).toLowerCase()
  return entries.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}
