import { PythonError } from '../python/py.ts'
import { basename, commonpath, dirname, join, normpath } from './python-path.ts'

/** The three base directories that a ComfyUI server reads from and writes to. */
export type FileType = 'output' | 'input' | 'temp'

export interface AnnotatedName {
  readonly name: string
  /** null: the name carries no tag. */
  readonly type: FileType | null
}

/**
 * `"clip.mp4 [output]"` → `clip.mp4` in output. The tag is cut together with the one character before it, whatever that is
 * (folder_paths.annotated_filepath, ComfyUI 0.3.64).
 */
export function parseAnnotatedName(text: string): AnnotatedName {
  for (const type of ['output', 'input', 'temp'] as const) {
    const tag = `[${type}]`
    // A code point and not a code unit is cut, as in Python.
    if (text.endsWith(tag)) return { name: [...text.slice(0, -tag.length)].slice(0, -1).join(''), type }
  }
  return { name: text, type: null }
}

/** Where a saving node may write: `<subfolder>/<filename>_<counter>_.<ext>` below the base directory. */
export interface SavePath {
  /** As the node reports it; absolute when the prefix was. */
  readonly subfolder: string
  readonly filename: string
  /** Number of the first file. */
  readonly counter: number
}

export interface SavePathRequest {
  readonly prefix: string
  /** Absolute base directory. */
  readonly base: string
  readonly width: number
  readonly height: number
  readonly now: Date
  /** The highest counters in a directory by `savedCounters`; `file` when a part of the path is a file. */
  readonly counters: (absolutePath: string) => ReadonlyMap<string, number> | 'file'
}

/** What a name counts as: under which names, and up to where. A directory's highest counters are kept by this. */
export type Counting = (entry: string) => Iterable<readonly [name: string, counter: number]>

/**
 * folder_paths.get_save_image_path of ComfyUI 0.3.64, including what looks like mistakes: `dir/` always counts from 1.
 * Throws the PythonError that the saving node fails with, without the newline that the executor adds to every message.
 */
export function savePath(request: SavePathRequest): SavePath {
  const { base } = request
  const prefix = request.prefix.includes('%') ? fillIn(request.prefix, request) : request.prefix
  const subfolder = dirname(normpath(prefix))
  const filename = basename(normpath(prefix))
  const folder = join(base, subfolder)
  const absolute = normpath(folder)
  const common = commonpath(base, absolute)
  if (common !== base) {
    throw new PythonError(
      'Exception',
      '**** ERROR: Saving image outside the output folder is not allowed.' +
        `\n full_output_folder: ${absolute}\n         output_dir: ${base}\n         commonpath: ${common}`,
    )
  }
  const counters = request.counters(folder)
  if (counters === 'file') throw new PythonError('NotADirectoryError', `[Errno 20] Not a directory: '${folder}'`)
  // The server compares as many characters as the *prefix's* last part has, not the file name's: hence the traps.
  const isSame = [...basename(prefix)].length === [...filename].length
  return { subfolder, filename, counter: ((isSame && counters.get(filename)) || 0) + 1 }
}

/**
 * The name of one file at a save path. `offset` counts the files that one node saves; with `batch`, `%batch_num%` is
 * replaced by it, as only the image nodes do; with `isPlain` no underscore follows the counter.
 */
export function savedName(
  path: SavePath,
  extension: string,
  offset = 0,
  { batch = false, isPlain = false }: { batch?: boolean; isPlain?: boolean } = {},
): string {
  const stem = batch ? path.filename.replaceAll('%batch_num%', String(offset)) : path.filename
  return `${stem}_${String(path.counter + offset).padStart(5, '0')}${isPlain ? '' : '_'}.${extension}`
}

/** The same for servers that also count names without an underscore after the counter. */
export const plainCounters: Counting = function* (entry) {
  for (const [name, counter] of savedCounters(entry)) {
    const plain = /^\d+(?=\.|$)/.exec(entry.slice(name.length + 1))
    yield [name, plain ? Number(plain[0]) : counter]
  }
}

/** Any part of a name up to an underscore may be a file name, what follows up to the next one its counter; no number is 0. */
export const savedCounters: Counting = function* (entry) {
  for (let at = entry.indexOf('_'); at >= 0; at = entry.indexOf('_', at + 1)) {
    const next = entry.indexOf('_', at + 1)
    const digits = entry.slice(at + 1, next < 0 ? undefined : next).trim()
    yield [entry.slice(0, at), /^[+-]?\d+$/.test(digits) ? Number(digits) : 0]
  }
}

function fillIn(prefix: string, { width, height, now }: SavePathRequest): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return prefix
    .replaceAll('%width%', String(width))
    .replaceAll('%height%', String(height))
    .replaceAll('%year%', String(now.getFullYear()))
    .replaceAll('%month%', two(now.getMonth() + 1))
    .replaceAll('%day%', two(now.getDate()))
    .replaceAll('%hour%', two(now.getHours()))
    .replaceAll('%minute%', two(now.getMinutes()))
    .replaceAll('%second%', two(now.getSeconds()))
}
