import type { ByteSource } from '../../media/byte-source.ts'
import { jpeg } from '../../media/jpeg.ts'
import { png } from '../../media/png.ts'
import { webp } from '../../media/webp.ts'
import { PythonError } from '../python/python-error.ts'
import { type FileType, parseAnnotatedName } from './annotated-name.ts'
import { answering, bodyOf, emptyAnswer } from './file-answers.ts'
import type { FileStore, StoredFile } from './file-store.ts'
import { mimeType } from './mime-type.ts'
import { basename, isWithin, join, normpath } from './python-path.ts'
import { serveFile } from './serve-file.ts'

/** `GET /view` and `HEAD /view` of ComfyUI 0.3.64 (server.py, view_image). */
export function view(request: Request, store: FileStore): Promise<Response> {
  return answering(() => {
    const query = new URL(request.url).searchParams
    const asked = query.get('filename')
    if (asked === null) return emptyAnswer(404)
    const { name, type: tag } = parseAnnotatedName(asked)
    if (name === '' || name.startsWith('/') || name.includes('..')) return emptyAnswer(400)
    const type = tag ?? query.get('type') ?? 'output'
    if (!isFileType(type)) return emptyAnswer(400)

    const base = store.directory(type)
    const folder = join(base, query.get('subfolder') ?? '')
    if (!isWithin(base, normpath(folder))) return emptyAnswer(403)
    // Directories in the file name are dropped, not followed.
    const filename = basename(name)
    const file = store.at(join(folder, filename))
    if (file === null || file === 'directory') return emptyAnswer(404)
    return answer(request, file, query, filename)
  })
}

/** Types that a browser would run are sent as a download. */
const RUNNABLE = new Set(['text/html', 'application/xhtml+xml', 'text/javascript', 'text/css'])

function answer(request: Request, file: StoredFile, query: URLSearchParams, filename: string): Response {
  const channel = query.get('channel')
  // Neither type nor escaping, and UTF-8 as it is: headers take bytes as Latin-1 characters.
  const disposition = `filename="${Buffer.from(filename).toString('latin1')}"`
  const encoded = (type: string, bytes: ByteSource) =>
    new Response(bodyOf(request, bytes), {
      headers: { 'content-type': type, 'content-length': String(bytes.size), 'content-disposition': disposition },
    })

  const preview = query.get('preview')
  if (preview !== null) {
    const isJpeg = preview.split(';')[0] === 'jpeg' && !channel?.includes('a')
    if (isJpeg) return encoded('image/jpeg', jpeg(pictureOf(file)))
    return encoded('image/webp', webp(pictureOf(file)))
  }
  if (channel === 'rgb') return encoded('image/png', png(pictureOf(file)))
  if (channel === 'a') return encoded('image/png', png({ ...pictureOf(file), colour: 0, alpha: 255 }))

  const type = mimeType(filename)
  const contentType = RUNNABLE.has(type) ? 'application/octet-stream' : type
  return serveFile(request, file, { 'content-disposition': disposition, 'content-type': contentType })
}

function pictureOf({ content, filename }: StoredFile) {
  if (content.kind !== 'image')
    throw new PythonError('UnidentifiedImageError', `cannot identify image file '${filename}'`)
  const { width, height, segments } = content.images
  return { width, height, colour: segments[0]!.colour }
}

function isFileType(text: string): text is FileType {
  return ['output', 'input', 'temp'].includes(text)
}
