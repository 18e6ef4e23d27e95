import type { FileStore } from '../files/file-store.ts'
import { mimeType } from '../files/mime-type.ts'
import type { ObjectInfo } from '../object-info.ts'
import { dumpJson } from '../python/format.ts'
import { isDict, type Py, type PyDict } from '../python/py.ts'

/** What `GET /object_info` answers for these classes, with the lists of files as the input directory is now. */
export function classList(objectInfo: ObjectInfo, names: readonly string[], files: FileStore): string {
  const entries = names.flatMap((name) => {
    const info = objectInfo.get(name)
    return isDict(info) ? [`${dumpJson(name)}: ${classText(name, info, files)}`] : []
  })
  return `{${entries.join(', ')}}`
}

/** Only few classes list files; the text of any other stays what it is, and there are hundreds. */
function classText(classType: string, info: PyDict, files: FileStore): string {
  const known = lasting.get(info)
  if (known !== undefined) return known
  const text = dumpJson(withFileLists(classType, info, files))
  if (!specsOf(info).some((spec) => wantedBySpec(classType, spec))) lasting.set(info, text)
  return text
}

const lasting = new WeakMap<PyDict, string>()

function specsOf(info: PyDict): Py[] {
  const groups = info.get('input')
  return isDict(groups)
    ? groups
        .values()
        .flatMap((inputs) => (isDict(inputs) ? inputs.values() : []))
        .toArray()
    : []
}

function wantedBySpec(classType: string, spec: Py): ((filename: string) => boolean) | null {
  return Array.isArray(spec) ? wantedBy(classType, spec[1]) : null
}

/** Upload options of an input → the MIME group whose files it lists (folder_paths.py, filter_files_content_types). */
const LISTED: ReadonlyArray<readonly [option: string, group: string]> = [
  ['image_upload', 'image/'],
  ['video_upload', 'video/'],
  ['audio_upload', 'audio/'],
]

/** A class's entry of `/object_info` with its file lists as the input directory is now. */
function withFileLists(classType: string, info: PyDict, files: FileStore): PyDict {
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
  const wanted = wantedBySpec(classType, spec)
  if (!wanted || !Array.isArray(spec)) return spec
  const [type, options] = spec
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
