import type { FileStore } from './files/file-store.ts'
import { mimeType } from './files/mime-type.ts'
import { isDict, type Py, type PyDict } from './python/py.ts'

/** Upload options of an input → the MIME group whose files it lists (folder_paths.py, filter_files_content_types). */
const LISTED: ReadonlyArray<readonly [option: string, group: string]> = [
  ['image_upload', 'image/'],
  ['video_upload', 'video/'],
  ['audio_upload', 'audio/'],
]

/** A class's entry of `/object_info` with its file lists as the input directory is now. */
export function withFileLists(classType: string, info: PyDict, files: FileStore): PyDict {
  const groups = info.get('input')
  if (!isDict(groups)) return info
  const listed: PyDict = new Map(
    Array.from(groups, ([group, inputs]) => [
      group,
      isDict(inputs)
        ? new Map(Array.from(inputs, ([name, spec]) => [name, listedSpec(classType, spec, files)]))
        : inputs,
    ]),
  )
  return new Map(info).set('input', listed)
}

function listedSpec(classType: string, spec: Py, files: FileStore): Py {
  if (!Array.isArray(spec)) return spec
  const [type, options] = spec
  const wanted = wantedBy(classType, options)
  if (!wanted) return spec
  const names = files
    .list('input')
    .filter(({ subfolder, filename }) => subfolder === '' && wanted(filename))
    .map(({ filename }) => filename)
    .sort()
  if (Array.isArray(type)) return [names, ...spec.slice(1)]
  return isDict(options) && options.has('options') ? [type ?? null, new Map(options).set('options', names)] : spec
}

function wantedBy(classType: string, options: Py | undefined): ((filename: string) => boolean) | null {
  if (isDict(options)) {
    if (options.has('image_folder')) return null
    const group = LISTED.find(([option]) => options.get(option) === true)?.[1]
    if (group) return (filename) => mimeType(filename).startsWith(group)
  }
  // Its list carries no mark in object_info.
  return classType === 'LoadLatent' && options === undefined ? (filename) => filename.endsWith('.latent') : null
}
