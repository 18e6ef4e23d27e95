import { Hono } from 'hono'
import { CAUSE_HEADER, PROVENANCE_HEADER, UNMATCHED_HEADER } from '../simulator.ts'
import { factRoutes } from './fact-routes.ts'
import { emptyAnswer, textAnswer } from './files/file-answers.ts'
import { nearestRoute } from './nearest-route.ts'
import { isForeignOrigin } from './origin-check.ts'
import { queueRoutes } from './queue-routes.ts'
import { replayRecorded } from './recorded-replay.ts'
import type { ServerModel } from './server-model.ts'

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
  factRoutes(app, model)
  for (const base of ['', '/api']) {
    app.get(`${base}/ws`, ({ req }) =>
      textAnswer(
        400,
        `No WebSocket UPGRADE hdr: ${req.header('upgrade') ?? 'None'}\n Can "Upgrade" only to "WebSocket".`,
      ),
    )
  }
  const known = [...new Set(app.routes.map(({ path }) => path))].filter((path) => path !== '/*')
  const replay = replayRecorded(model.parts.entries)
  app.notFound(async ({ req }) => {
    const { method, path } = req
    if (isOtherMethod(method, path, known)) return methodNotAllowed(method)
    const replayed = await replay(req.raw)
    if (replayed instanceof Response) return replayed
    const message = `the ComfyUI simulator has no answer to ${method} ${path}, and the recording has none either`
    const answer = textAnswer(501, message)
    const { cause, nearest } = replayed
    answer.headers.set(CAUSE_HEADER, cause)
    const isUnknown = cause === 'never recorded'
    answer.headers.set(UNMATCHED_HEADER, isUnknown ? nearestRoute(new URL(req.url), known) : nearest)
    return answer
  })
  // A client that goes away is no news, and a defect is for whoever called to tell; hono would print both.
  app.onError((error) => {
    throw error
  })
  return app
}

/** A known path with a method that it does not have falls through to the static files, which know GET and HEAD. */
function methodNotAllowed(method: string): Response {
  if (method === 'GET' || method === 'HEAD') return emptyAnswer(404)
  const answer = textAnswer(405, '405: Method Not Allowed')
  answer.headers.set('allow', 'GET,HEAD')
  return answer
}

/** Routes that answer as the recorded server did, or not at all. */
const RECORDED =
  /^(\/api)?\/(system_stats|embeddings|models|extensions|view_metadata|users|settings|i18n|workflow_templates)/

/** Those of them that the server knows for POST as well. */
const TAKES_POST = /^(\/api)?\/(users|settings(\/[^/]+)?)$/

/** Whether the server has the path, and only for other methods. */
function isOtherMethod(method: string, path: string, known: readonly string[]): boolean {
  if (method === 'GET' || method === 'HEAD') return known.includes(path) && !RECORDED.test(path)
  if (method === 'POST' && TAKES_POST.test(path)) return false
  return known.some((route) => new RegExp(`^${route.replaceAll(/:\w+/g, '[^/]+')}$`).test(path))
}
