import { type ByteSource, fromBytes } from '../../media/byte-source.ts'
import type { Clock } from '../../simulator.ts'
import { PythonError } from '../python/py.ts'
import type { FileContent } from './file-content.ts'
import {
  type Counting,
  type FileType,
  parseAnnotatedName,
  type SavePath,
  savedCounters,
  savePath,
} from './folder-paths.ts'
import { OWN_FOLDERS, SYSTEM_FILES, SYSTEM_FOLDERS } from './outside-files.ts'
import { basename, dirname, isWithin, join, normpath } from './python-path.ts'

export interface StoredFile {
  /** Absolute path on the simulated server. */
  readonly path: string
  readonly type: FileType
  /** Relative to the base directory, `''` at its top. */
  readonly subfolder: string
  readonly filename: string
  readonly bytes: ByteSource
  /** Epoch milliseconds on the run's clock. */
  readonly modified: number
  readonly content: FileContent
}

interface NewFile {
  readonly type: FileType
  /** Relative to the base directory, or absolute inside it. Missing directories are made. */
  readonly subfolder: string
  readonly filename: string
  readonly bytes: ByteSource
  readonly content: FileContent
}

/** The files of one simulated server: its `input`, `output` and `temp` directories, in memory. */
export interface FileStore {
  /** By SHA-256: what is in files that come from outside and cannot be read here. */
  readonly described: Map<string, FileContent>
  /** Absolute path of a base directory, e.g. `/comfy/output`. */
  directory(type: FileType): string
  /**
   * Whether an annotated name (`"clip.mp4 [output]"`) leads to anything: a file or a directory, also through `../` and
   * absolute paths, as loader nodes of 0.3.64 accept it.
   */
  exists(annotatedName: string, defaultType?: FileType): boolean
  /** The file that an annotated name leads to; null when there is none or it is a directory. */
  find(annotatedName: string, defaultType?: FileType): StoredFile | null
  /** What is at an absolute path, resolved as the system does: every part before `..` must be a directory. */
  at(absolutePath: string): StoredFile | 'directory' | null
  /** Every file of a base directory, sub-folders included, in the order of first writing. */
  list(type: FileType): StoredFile[]
  /**
   * Where a node saves next. A missing directory is made, as the server does. `width` and `height` in pixels, 0 where the
   * node has none (SaveLatent); `counting` says which names count. Throws the PythonError that the node fails with when the prefix leads outside.
   */
  savePath(prefix: string, type: FileType, size?: { width: number; height: number }, counting?: Counting): SavePath
  /**
   * The highest counters of a directory, by the names that `counting` tells; empty when there is none. A name is counted once:
   * pass the same function each time.
   */
  counters(absolutePath: string, counting: Counting): ReadonlyMap<string, number>
  /** Writes or replaces a file. Throws a PythonError when a directory has that path, or a file that of a directory. */
  write(file: NewFile): StoredFile
  /** Makes a directory and those above it; the same errors. */
  makeDirectory(absolutePath: string): void
}

const NOTHING = fromBytes(new Uint8Array())
const TYPES = ['output', 'input', 'temp'] as const

/** The names in a directory, and what was counted of them. Nothing is ever taken out. */
class Directory {
  private readonly names = new Set<string>()
  private readonly counted = new Map<Counting, Map<string, number>>()

  add(name: string): void {
    if (this.names.has(name)) return
    this.names.add(name)
    for (const [counting, highest] of this.counted) count(name, counting, highest)
  }

  counters(counting: Counting): ReadonlyMap<string, number> {
    let highest = this.counted.get(counting)
    if (!highest) {
      highest = new Map()
      for (const name of this.names) count(name, counting, highest)
      this.counted.set(counting, highest)
    }
    return highest
  }
}

function count(entry: string, counting: Counting, highest: Map<string, number>): void {
  for (const [name, counter] of counting(entry)) {
    highest.set(name, Math.max(highest.get(name) ?? Number.NEGATIVE_INFINITY, counter))
  }
}

/** An empty server below `root`; directories exist, files do not. */
export function createFileStore({ clock, root = '/comfy' }: { clock: Clock; root?: string }): FileStore {
  const files = new Map<string, StoredFile>()
  const directories = new Map([['/', new Directory()]])
  const directory = (type: FileType) => `${root}/${type}`
  const inBase = new Map(TYPES.map((type) => [type, new Map<string, StoredFile>()]))

  const at = (path: string): StoredFile | 'directory' | null => {
    let here = '/'
    const parts = path.split('/').slice(1)
    for (const [index, part] of parts.entries()) {
      if (!directories.has(here)) return null
      if (part === '' || part === '.') continue
      if (part === '..') here = dirname(here)
      else {
        here = join(here, part)
        const file = files.get(here)
        if (file) return index === parts.length - 1 ? file : null
      }
    }
    return directories.has(here) ? 'directory' : null
  }

  const locate = (annotatedName: string, defaultType: FileType) => {
    const { name, type } = parseAnnotatedName(annotatedName)
    return at(join(directory(type ?? defaultType), name))
  }

  const makeDirectory = (path: string) => {
    const folder = normpath(path)
    if (directories.has(folder)) return
    if (files.has(folder)) throw new PythonError('NotADirectoryError', `[Errno 20] Not a directory: '${path}'`)
    directories.set(folder, new Directory())
    makeDirectory(dirname(folder))
    directories.get(dirname(folder))!.add(basename(folder))
  }

  const counters = (path: string, counting: Counting): ReadonlyMap<string, number> =>
    directories.get(normpath(path))?.counters(counting) ?? new Map()

  const savedIn =
    (counting: Counting) =>
    (path: string): ReadonlyMap<string, number> | 'file' => {
      for (let above = normpath(path); above !== '/'; above = dirname(above)) if (files.has(above)) return 'file'
      return counters(path, counting)
    }

  const write = ({ type, subfolder, filename, bytes, content }: NewFile): StoredFile => {
    const base = directory(type)
    const path = normpath(join(base, subfolder, filename))
    if (directories.has(path)) throw new PythonError('IsADirectoryError', `[Errno 21] Is a directory: '${path}'`)
    const folder = dirname(path)
    makeDirectory(folder)
    directories.get(folder)!.add(basename(path))
    const file: StoredFile = {
      path,
      type,
      subfolder: isWithin(base, folder) ? folder.slice(base.length + 1) : folder,
      filename: basename(path),
      bytes,
      modified: clock.now(),
      content,
    }
    files.set(path, file)
    for (const [owner, held] of inBase) if (isWithin(directory(owner), path)) held.set(path, file)
    return file
  }

  /** A file that belongs to no base directory: it is there for whoever asks by `../`, and in no list. */
  const addOutside = (path: string) => {
    const place = { path, type: 'input', subfolder: dirname(path), filename: basename(path) } as const
    directories.get(dirname(path))?.add(basename(path))
    files.set(path, { ...place, bytes: NOTHING, modified: 0, content: { kind: 'other' } })
  }

  for (const type of TYPES) makeDirectory(directory(type))
  for (const folder of OWN_FOLDERS) makeDirectory(join(root, folder))
  for (const folder of SYSTEM_FOLDERS) makeDirectory(folder)
  for (const path of SYSTEM_FILES) addOutside(path)

  return {
    described: new Map(),
    directory,
    at,
    exists: (name, defaultType = 'input') => locate(name, defaultType) !== null,
    find: (name, defaultType = 'input') => {
      const found = locate(name, defaultType)
      return found === 'directory' ? null : found
    },
    list: (type) => [...inBase.get(type)!.values()],
    savePath(prefix, type, { width, height } = { width: 0, height: 0 }, counting = savedCounters) {
      const base = directory(type)
      const now = new Date(clock.now())
      const path = savePath({ prefix, base, width, height, now, counters: savedIn(counting) })
      makeDirectory(join(base, path.subfolder))
      return path
    },
    write,
    counters,
    makeDirectory,
  }
}
