import { png } from '../../media/png.ts'
import { parseJson } from '../python/parse.ts'
import { isDict, type PyDict } from '../python/py.ts'
import { PythonError } from '../python/python-error.ts'
import { parseAnnotatedName } from './annotated-name.ts'
import type { FileStore, StoredFile } from './file-store.ts'
import { isWithin, join, normpath } from './python-path.ts'
import type { Uploaded } from './upload.ts'

/**
 * What `/upload/mask` saves: the original as RGBA. null when the original is missing or may not be read, which the server
 * answers with 200 all the same. Throws a PythonError where the handler raises.
 */
export function maskedImage(mask: Uploaded, originalRef: string | undefined, store: FileStore): Uploaded | null {
  if (originalRef === undefined)
    throw new PythonError('TypeError', 'the JSON object must be str, bytes or bytearray, not NoneType')
  const original = findOriginal(reference(originalRef), store)
  if (original === null) return null
  if (original.content.kind !== 'image' || mask.content.kind !== 'image') {
    throw new PythonError('UnidentifiedImageError', 'cannot identify image file')
  }
  const { images } = original.content
  if (images.width !== mask.content.images.width || images.height !== mask.content.images.height) {
    throw new PythonError('ValueError', 'images do not match')
  }
  const bytes = png({ width: images.width, height: images.height, colour: images.segments[0]!.colour, alpha: 255 })
  return { bytes, content: { kind: 'image', images, alpha: true } }
}

function reference(json: string): PyDict {
  const value = parseJson(json)
  if (!isDict(value)) throw new PythonError('TypeError', 'original_ref is no object')
  return value
}

function findOriginal(ref: PyDict, store: FileStore): StoredFile | null {
  const filename = ref.get('filename')
  if (typeof filename !== 'string') throw new PythonError('KeyError', "'filename'")
  const { name, type: tag } = parseAnnotatedName(filename)
  if (name === '' || name.startsWith('/') || name.includes('..')) return null
  const type = tag ?? ref.get('type') ?? 'output'
  if (type !== 'output' && type !== 'input' && type !== 'temp') return null
  const base = store.directory(type)
  const subfolder = ref.get('subfolder') ?? ''
  if (typeof subfolder !== 'string') throw new PythonError('TypeError', 'join() argument must be str')
  const folder = join(base, subfolder)
  if (!isWithin(base, normpath(folder))) return null
  const file = store.at(join(folder, name))
  return file === 'directory' ? null : file
}
