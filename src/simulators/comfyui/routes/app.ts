import { Hono } from 'hono'
import { CAUSE_HEADER, PROVENANCE_HEADER, UNMATCHED_HEADER } from '../../simulator.ts'
import type { ServerModel } from '../server/server-model.ts'
import { emptyAnswer, textAnswer } from './aiohttp.ts'
import { factRoutes } from './fact-routes.ts'
import { jobRoutes } from './job-routes.ts'
import { plainFacts } from './plain-facts.ts'
import { queueRoutes } from './queue-routes.ts'
import { replayRecorded } from './recorded-replay.ts'
import { userRoutes } from './user-routes.ts'

/** The HTTP side of the simulated server. Every route also answers below `/api`. */
export function createApp(model: ServerModel): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    const { req } = context
    if (isForeignOrigin(req.raw)) return emptyAnswer(403)
    if (req.method === 'OPTIONS') return emptyAnswer(200)
    await next()
    const { headers } = context.res
    if (!headers.has(PROVENANCE_HEADER) && !headers.has(UNMATCHED_HEADER)) headers.set(PROVENANCE_HEADER, 'derived')
    return undefined
  })
  queueRoutes(app, model)
  const replay = replayRecorded(model.parts.entries)
  jobRoutes(app, model, replay)
  userRoutes(app, model, replay)
  factRoutes(app, model, (request) => replayed(request))
  plainFacts(app, model, (request) => replayed(request))
  for (const base of ['', '/api']) {
    app.get(`${base}/ws`, ({ req }) =>
      textAnswer(
        400,
        `No WebSocket UPGRADE hdr: ${req.header('upgrade') ?? 'None'}\n Can "Upgrade" only to "WebSocket".`,
      ),
    )
  }
  const known = [...new Set(app.routes.map(({ path }) => path))].filter((path) => path !== '/*')
  const replayed = async (request: Request): Promise<Response> => {
    const found = await replay(request)
    if (found instanceof Response) return found
    const url = new URL(request.url)
    const message = `the ComfyUI simulator has no answer to ${request.method} ${url.pathname}, and the recording has none either`
    const { cause, nearest } = found
    // Where a plain server has nothing it says so, and only a node pack may have more there.
    const isNowhere = cause === 'never recorded' && !known.some((route) => isAt(url.pathname, route))
    const answer = isNowhere ? nothingThere(request.method) : textAnswer(501, message)
    answer.headers.set(CAUSE_HEADER, cause)
    answer.headers.set(UNMATCHED_HEADER, cause === 'never recorded' ? nearestRoute(url, known) : nearest)
    return answer
  }
  app.notFound(({ req }) => (isOtherMethod(req.method, req.path, known) ? nothingThere(req.method) : replayed(req.raw)))
  // A client that goes away is no news, and a defect is for whoever called to tell; hono would print both.
  app.onError((error) => {
    throw error
  })
  return app
}

/** A path that there is not, or not with this method, falls through to the static files, which know GET and HEAD. */
function nothingThere(method: string): Response {
  if (method === 'GET' || method === 'HEAD') return emptyAnswer(404)
  const answer = textAnswer(405, '405: Method Not Allowed')
  answer.headers.set('allow', 'GET,HEAD')
  return answer
}

/** Routes that answer as the recorded server did, or not at all. */
const RECORDED = /^(\/api)?\/(system_stats|models|users|settings|userdata|v2\/userdata)/

/** Whether the server has the path, and only for other methods. */
function isOtherMethod(method: string, path: string, known: readonly string[]): boolean {
  if (method === 'GET' || method === 'HEAD') return known.includes(path) && !RECORDED.test(path)
  return known.some((route) => isAt(path, route))
}

/** `/history/1` is at the route `/history/:id`. */
function isAt(path: string, route: string): boolean {
  return new RegExp(`^${route.replaceAll(/:\w+/g, '[^/]+')}$`).test(path)
}

/**
 * Whether the server's default middleware refuses a request with 403 (server.py, create_origin_only_middleware): a
 * loopback Host and an Origin of another name or port. Only requests that carry both are looked at.
 */
export function isForeignOrigin(request: Request): boolean {
  const origin = request.headers.get('origin')
  if (origin === null) return false
  const ours = split(request.headers.get('host') ?? new URL(request.url).host)
  const theirs = split(/^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)/i.exec(origin)?.[1] ?? '')
  if (!isLoopback(ours.name)) return false
  // A port that only one of them has does not count, but an address in brackets that keeps them is then another name.
  const [a, b] = [theirs.port === '' ? ours.name : ours.all, ours.port === '' ? theirs.name : theirs.all]
  return a !== '' && b !== '' && a !== b
}

/** In small letters; the name is without the brackets of an IPv6 address. */
function split(authority: string): { all: string; name: string; port: string } {
  const all = authority.toLowerCase()
  const [, address, name = '', port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(all) ?? []
  return { all, name: address ?? name, port }
}

function isLoopback(name: string): boolean {
  if (name.includes(':')) return URL.parse(`http://[${name}]`)?.hostname === '[::1]'
  return name === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(name)
}

/**
 * The simulated route whose beginning is the most like the path of a request that nothing answers; '' when it is the route
 * itself, which is known, but not what the recorded server has there.
 */
export function nearestRoute({ pathname }: URL, routes: readonly string[]): string {
  if (routes.some((route) => new RegExp(`^${route.replaceAll(/:[^/]+/g, '[^/]+')}$`).test(pathname))) return ''
  const alike = (route: string) => {
    const at = [...route].findIndex((char, index) => char !== pathname[index])
    return at < 0 ? route.length : at
  }
  return routes.toSorted((a, b) => alike(b) - alike(a))[0] ?? ''
}
