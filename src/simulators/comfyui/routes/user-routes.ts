import type { Context, Hono } from 'hono'
import { mimeType } from '../files/mime-type.ts'
import { parseJson } from '../python/parse.ts'
import { dict, isDict, type Py, PythonError } from '../python/py.ts'
import { MAX_BODY, type ServerModel } from '../server/server-model.ts'
import { UserData } from '../server/user-data.ts'
import { answering, emptyAnswer, jsonAnswer, readBody, textAnswer } from './aiohttp.ts'
import type { replayRecorded } from './recorded-replay.ts'
import { filesIn, treeOf } from './user-lists.ts'

/** It was asked, but the recording does not have what was answered. */
const IS_LOST = /^recorded without/

type Handler = (context: Context, body: Uint8Array) => Response

/**
 * Users, settings and user files (app/user_manager.py, app/app_settings.py). They answer as they were recorded until a
 * client changes something in another way than the recorded one did.
 */
export function userRoutes(app: Hono, model: ServerModel, replay: ReturnType<typeof replayRecorded>): void {
  const { answers, clock, newId } = model.parts
  const data = new UserData(answers, clock)
  let isLeft = false
  const route = (method: 'GET' | 'POST' | 'DELETE', path: string, handler: Handler) => {
    const answer = async (context: Context, next: () => Promise<void>) => {
      const request = context.req.raw
      const replayed = isLeft ? null : await replay(request)
      if (replayed !== null && !(replayed instanceof Response) && IS_LOST.test(replayed.cause)) return next()
      const body = method === 'POST' ? await readBody(request, MAX_BODY) : new Uint8Array()
      if (body === null) return textAnswer(413, `Maximum request body size ${MAX_BODY} exceeded.`)
      if (replayed instanceof Response && method === 'GET') return replayed
      const own = await answering(() => handler(context, body))
      if (replayed instanceof Response) return replayed
      if (method !== 'GET' && own.ok) isLeft = true
      return own
    }
    for (const base of ['', '/api']) app.on(method, base + path, answer)
  }

  route('GET', '/users', () => jsonAnswer(dict({ storage: 'server', migrated: true })))
  route('POST', '/users', (_, body) => {
    const name = member(jsonOf(body), 'username')
    if (data.users.has(name)) return jsonAnswer(dict({ error: 'Duplicate username.' }), 400)
    if (typeof name !== 'string') throw new PythonError('AttributeError', "object has no attribute 'strip'")
    if (name.trim() === '') return jsonAnswer(dict({ error: 'username not provided' }), 400)
    data.users.add(name.trim())
    return jsonAnswer(`${name.trim().replaceAll(/[^a-zA-Z0-9-_]+/g, '-')}_${newId()}`)
  })
  route('GET', '/settings', () => jsonAnswer(data.settings))
  route('POST', '/settings', (_, body) => {
    const more = jsonOf(body)
    if (!isDict(more)) throw new PythonError('TypeError', 'object is not a mapping')
    data.settings = new Map([...data.settings, ...more])
    return emptyAnswer(200)
  })
  route('GET', '/settings/:id', ({ req }) => jsonAnswer(data.settings.get(req.param('id') ?? '') ?? null))
  route('POST', '/settings/:id', ({ req }, body) => {
    data.settings = new Map(data.settings).set(req.param('id') ?? '', jsonOf(body))
    return emptyAnswer(200)
  })
  route('GET', '/userdata', ({ req }) => filesIn(data, new URL(req.url).searchParams))
  route('GET', '/v2/userdata', ({ req }) => treeOf(data, req.query('path') ?? ''))
  fileRoutes(data, route)
}

function fileRoutes(
  data: UserData,
  route: (method: 'GET' | 'POST' | 'DELETE', path: string, handler: Handler) => void,
): void {
  const at = ({ req }: Context, name = 'file') => data.pathOf(req.param(name) ?? '')
  const placed = ({ req }: Context, path: string) =>
    jsonAnswer(req.query('full_info')?.toLowerCase() === 'true' ? data.info(path) : data.nameOf(path))
  const isTaken = ({ req }: Context, path: string) => req.query('overwrite') === 'false' && data.kindOf(path) !== null
  const taken = () => textAnswer(409, 'File already exists')
  const isFolder = () => new PythonError('IsADirectoryError', 'Is a directory')

  route('GET', '/userdata/:file', (context) => {
    const path = at(context)
    if (path === null) return emptyAnswer(403)
    const file = data.read(path)
    if (!file) return emptyAnswer(404)
    const headers = { 'content-type': mimeType(path), 'content-length': String(file.bytes.length) }
    return new Response(Uint8Array.from(file.bytes), { headers })
  })
  route('POST', '/userdata/:file', (context, body) => {
    const path = at(context)
    if (path === null) return emptyAnswer(403)
    if (isTaken(context, path)) return taken()
    if (data.kindOf(path) === 'folder') return emptyAnswer(400)
    data.write(path, body)
    return placed(context, path)
  })
  route('DELETE', '/userdata/:file', (context) => {
    const path = at(context)
    if (path === null) return emptyAnswer(403)
    if (data.kindOf(path) === 'folder') throw isFolder()
    if (data.kindOf(path) === null) return emptyAnswer(404)
    data.remove(path)
    return new Response(null, { status: 204 })
  })
  route('POST', '/userdata/:file/move/:dest', (context) => {
    const [from, to] = [at(context), at(context, 'dest')]
    if (from === null) return emptyAnswer(403)
    const file = data.read(from)
    if (!file) return emptyAnswer(404)
    if (to === null) return emptyAnswer(403)
    if (isTaken(context, to)) return taken()
    if (data.kindOf(to) === 'folder') throw isFolder()
    data.remove(from)
    data.write(to, file.bytes)
    return placed(context, to)
  })
}

const jsonOf = (body: Uint8Array): Py => parseJson(Buffer.from(body).toString())

function member(value: Py, name: string): Py {
  const found = isDict(value) ? value.get(name) : undefined
  if (found === undefined) throw new PythonError('KeyError', `'${name}'`)
  return found
}
