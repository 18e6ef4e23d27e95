import { type ByteSource, fromBytes } from '../../media/byte-source.ts'
import { png } from '../../media/png.ts'
import { contentOf, type FileContent, sha256 } from '../files/file-content.ts'
import type { FileStore, StoredFile } from '../files/file-store.ts'
import { type FileType, parseAnnotatedName } from '../files/folder-paths.ts'
import { basename, dirname, isWithin, join, normpath, splitext } from '../files/python-path.ts'
import { parseJson } from '../python/parse.ts'
import { dict, isDict, type PyDict, PythonError } from '../python/py.ts'
import { answering, emptyAnswer, type FormPart, formParts, jsonAnswer, readBody, textAnswer } from './aiohttp.ts'

/** `POST /upload/image` of ComfyUI 0.3.64 (server.py, image_upload): any file up to `limit` bytes, under a name that is free. */
export function uploadImage(request: Request, store: FileStore, limit: number): Promise<Response> {
  return upload(request, store, limit, (image) => image)
}

/**
 * `POST /upload/mask`: the alpha of the upload goes onto the image that `original_ref` names. Without such an image
 * nothing is saved.
 */
export function uploadMask(request: Request, store: FileStore, limit: number): Promise<Response> {
  return upload(request, store, limit, (image, parts) => maskedImage(image, text(parts, 'original_ref'), store))
}

/** The bytes of a file and what they hold. */
export interface Uploaded {
  readonly bytes: ByteSource
  readonly content: FileContent
}

type Prepare = (image: Uploaded, parts: readonly FormPart[]) => Uploaded | null

async function upload(request: Request, store: FileStore, limit: number, prepare: Prepare): Promise<Response> {
  const body = await readBody(request, limit)
  if (body === null) return textAnswer(413, `Maximum request body size ${limit} exceeded.`)
  return answering(() => {
    const parts = formParts(request.headers.get('content-type'), body)
    const type = fileType(text(parts, 'type') ?? 'input')
    const image = parts.find(({ name }) => name === 'image')
    if (!image || (image.filename === null && image.bytes.length === 0)) return emptyAnswer(400)
    // The handler asks a text for its `.file`.
    if (image.filename === null) throw new PythonError('AttributeError', "'str' object has no attribute 'file'")

    const subfolder = text(parts, 'subfolder') ?? ''
    const folder = join(store.directory(type), normpath(subfolder))
    if (!isWithin(store.directory(type), normpath(join(folder, image.filename)))) return emptyAnswer(400)
    store.makeDirectory(folder)

    const overwrite = ['true', '1'].includes(text(parts, 'overwrite') ?? '')
    const bytes = fromBytes(Uint8Array.from(image.bytes))
    const { name, duplicate } = overwrite
      ? { name: image.filename, duplicate: false }
      : freeName(store, folder, image.filename, bytes)
    const file = duplicate ? null : prepare({ bytes, content: contentIn(store, bytes) }, parts)
    if (file) save(store, type, join(folder, name), file)
    return jsonAnswer(dict({ name, subfolder, type }))
  })
}

function contentIn({ described }: FileStore, bytes: ByteSource): FileContent {
  const content = contentOf(bytes)
  const isUnread = content.kind === 'other' || content.kind === 'latent'
  return (isUnread && described.size > 0 && described.get(sha256(bytes))) || content
}

/** The name itself, or `stem (1).ext`, `stem (2).ext` … until one is free or holds the same bytes. */
function freeName(store: FileStore, folder: string, filename: string, bytes: ByteSource) {
  const [stem, extension] = splitext(filename)
  for (let name = filename, next = 1; ; name = `${stem} (${next++})${extension}`) {
    const there = store.at(join(folder, name))
    if (there === null) return { name, duplicate: false }
    if (there === 'directory')
      throw new PythonError('IsADirectoryError', `[Errno 21] Is a directory: '${join(folder, name)}'`)
    if (there.bytes.size === bytes.size && sha256(there.bytes) === sha256(bytes)) return { name, duplicate: true }
  }
}

/** `open(path, 'wb')`: directories in the file name are not made. */
function save(store: FileStore, type: FileType, path: string, file: Uploaded): void {
  const folder = dirname(path)
  if (store.at(folder) !== 'directory')
    throw new PythonError('FileNotFoundError', `[Errno 2] No such file or directory: '${path}'`)
  store.write({ type, subfolder: folder, filename: basename(path), ...file })
}

function fileType(value: string): FileType {
  if (value === 'input' || value === 'temp' || value === 'output') return value
  throw new PythonError(
    'UnboundLocalError',
    "cannot access local variable 'type_dir' where it is not associated with a value",
  )
}

/** The first field of a name as text. */
function text(parts: readonly FormPart[], name: string): string | undefined {
  const part = parts.find((each) => each.name === name)
  if (!part) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part.bytes)
  } catch (cause) {
    throw new PythonError('UnicodeDecodeError', String(cause))
  }
}

/**
 * What `/upload/mask` saves: the original as RGBA. null when the original is missing or may not be read, which the server
 * answers with 200 all the same. Throws a PythonError where the handler raises.
 */
function maskedImage(mask: Uploaded, originalRef: string | undefined, store: FileStore): Uploaded | null {
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
