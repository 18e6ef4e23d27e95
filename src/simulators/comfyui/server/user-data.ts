import type { ComfyuiKnowledge } from '../../../recording/comfyui-knowledge.ts'
import type { Clock } from '../../simulator.ts'
import { dirname, isWithin, join, normpath } from '../files/python-path.ts'
import { parseJson } from '../python/parse.ts'
import { dict, isDict, type Py, type PyDict, PythonError } from '../python/py.ts'

/** The folder of the one user, as an absolute path. */
const HOME = '/user/default'

interface UserFile {
  readonly bytes: Uint8Array
  /** Epoch milliseconds. */
  readonly modified: number
}

/** What front ends keep on the server for its one user: settings and files (app/user_manager.py, app_settings.py). */
export class UserData {
  settings: PyDict
  /** Names of users, the one that is there among them. */
  readonly users: Set<Py> = new Set<Py>(['default'])
  private readonly files = new Map<string, UserFile>()
  private readonly folders = new Set([HOME])
  private readonly clock: Pick<Clock, 'now'>

  /** As the recording has seen them. */
  constructor(answers: ComfyuiKnowledge['answers'], clock: Pick<Clock, 'now'>) {
    this.clock = clock
    this.settings = settingsIn(answers)
    for (const [route, { status, body }] of answers) {
      const [, name] = /^\/userdata\/([^?]+)$/.exec(route) ?? []
      const path = name === undefined ? null : this.pathOf(decoded(name))
      if (path !== null && status === 200) this.write(path, body())
    }
  }

  /** null: it leads out of the folder. A name may be percent-encoded twice. */
  pathOf(name: string): string | null {
    const path = normpath(join(HOME, name.includes('%') ? decoded(name) : name))
    return isWithin(HOME, path) ? path : null
  }

  /** Relative to the folder, or to another one in it. */
  nameOf(path: string, from = HOME): string {
    return path === from ? '.' : path.slice(from.length + 1)
  }

  kindOf(path: string): 'file' | 'folder' | null {
    if (this.files.has(path)) return 'file'
    return this.folders.has(path) ? 'folder' : null
  }

  read(path: string): UserFile | undefined {
    return this.files.get(path)
  }

  write(path: string, bytes: Uint8Array): void {
    this.files.set(path, { bytes, modified: this.clock.now() })
    for (let folder = dirname(path); !this.folders.has(folder); folder = dirname(folder)) this.folders.add(folder)
  }

  remove(path: string): void {
    this.files.delete(path)
  }

  /** Files and folders in a folder and below it. */
  below(folder: string): { files: string[]; folders: string[] } {
    const inside = (path: string) => path.startsWith(`${folder}/`)
    return { files: [...this.files.keys()].filter(inside), folders: [...this.folders].filter(inside) }
  }

  /** What a listing tells of a file. */
  info(path: string, from?: string): PyDict {
    const { bytes, modified } = this.files.get(path)!
    const at = BigInt(modified)
    return dict({ path: this.nameOf(path, from), size: BigInt(bytes.length), modified: at, created: at })
  }
}

function settingsIn(answers: ComfyuiKnowledge['answers']): PyDict {
  const answer = answers.get('/settings')
  if (answer?.status !== 200) return new Map()
  try {
    const settings = parseJson(Buffer.from(answer.body()).toString())
    return isDict(settings) ? settings : new Map()
  } catch (error) {
    if (error instanceof PythonError) return new Map()
    throw error
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
