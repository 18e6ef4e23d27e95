import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { PromptRunnerError } from '../../../errors.ts'
import { PROVENANCE_HEADER, type SimulatedService, UNMATCHED_HEADER } from '../../simulator.ts'
import { mimeType } from '../files/mime-type.ts'
import { emptyAnswer, jsonAnswer } from './aiohttp.ts'
import { madeUp } from './made-up.ts'

/** Where ComfyUI's own files of a built front end lie in the package that it installs. */
const PACKAGE = 'comfyui_frontend_package/static of the Python package comfyui-frontend-package'

/**
 * Gives a ComfyUI the files of a built front end, which come after all routes, as its `--front-end-root` serves them (server.py,
 * add_routes). Of the extensions it lists those of the front end: scripts of node packs are in no recording. Throws PR_USAGE for
 * a folder without `index.html`.
 */
export function frontEndIn(folder: string): (comfyui: SimulatedService) => SimulatedService {
  const root = rootOf(folder)
  const extensions = scriptsIn(root, 'extensions').map((name) => `/${name}`)
  return (comfyui) => ({
    ...comfyui,
    async http(request) {
      const { pathname } = new URL(request.url)
      const isRead = request.method === 'GET' || request.method === 'HEAD'
      if (isRead && pathname === '/') return fileAnswer(request, join(root, 'index.html'), NEVER_KEPT)
      const answer = await comfyui.http(request)
      if (isRead && answer.ok && /^(\/api)?\/extensions$/.test(pathname)) return madeUp(jsonAnswer(extensions))
      if (!isRead || !answer.headers.has(UNMATCHED_HEADER)) return answer
      const file = fileAt(root, pathname)
      if (file !== null) return fileAnswer(request, file, keptFor(pathname))
      // What has the name of a file is none of a route, not even of a node pack's.
      return NAMES_FILE.test(pathname) ? madeUp(emptyAnswer(404)) : answer
    },
  })
}

function rootOf(folder: string): string {
  try {
    const root = realpathSync(folder)
    if (statSync(join(root, 'index.html')).isFile()) return root
  } catch {}
  throw new PromptRunnerError('PR_USAGE', `--front-end-root ${folder} has no index.html`, {
    hint: `it is to be the folder of a built front end: ${PACKAGE}`,
  })
}

/** Scripts below a folder of the root, as `/` names them. */
function scriptsIn(root: string, folder: string): string[] {
  try {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    const scripts = files.filter((name) => name.endsWith('.js')).map((name) => name.split(sep).join('/'))
    return scripts.sort().map((name) => `${folder}/${name}`)
  } catch {
    return []
  }
}

/** The file that a path names; null where there is none, or where it would lead out of the root. */
function fileAt(root: string, pathname: string): string | null {
  try {
    const file = realpathSync(join(root, decodeURIComponent(pathname)))
    const inside = relative(root, file)
    return inside.startsWith('..') || !statSync(file).isFile() ? null : file
  } catch {
    return null
  }
}

function fileAnswer({ method }: Request, file: string, more: Readonly<Record<string, string>>): Response {
  const bytes = Uint8Array.from(readFileSync(file))
  const headers = { 'content-type': mimeType(file), 'content-length': String(bytes.length), ...more }
  const answer = new Response(method === 'HEAD' ? null : bytes, { headers })
  answer.headers.set(PROVENANCE_HEADER, 'derived')
  return answer
}

const NAMES_FILE = /^\/(?!api\/)[^?]*\.(css|js|json|map|png|ico|svg|webp|woff2?|html|md)$/

const NEVER_KEPT = { 'cache-control': 'no-cache', pragma: 'no-cache', expires: '0' }

/** By the path alone (middleware/cache_middleware.py). */
function keptFor(pathname: string): Record<string, string> {
  if (/\.(js|css)$/i.test(pathname) || /\/index[^/]*\.json$/i.test(pathname)) return { 'cache-control': 'no-cache' }
  const isPicture = /\.(jpe?g|png|ppm|bmp|pgm|tiff?|webp)$/i.test(pathname)
  return isPicture ? { 'cache-control': 'public, max-age=86400' } : {}
}
