import type { Context, Hono } from 'hono'
import { plainPath } from '../../recording/plain-path.ts'
import { PROVENANCE_HEADER } from '../simulator.ts'
import { emptyAnswer } from './files/file-answers.ts'
import { uploadImage, uploadMask } from './files/upload.ts'
import { view } from './files/view.ts'
import { jsonAnswer } from './json-answer.ts'
import { mayBeFolder, modelLists } from './model-lists.ts'
import { withFileLists } from './node-list.ts'
import type { ObjectInfo } from './object-info.ts'
import { parseJson } from './python/parse.ts'
import { isDict, type PyDict } from './python/py.ts'
import { FEATURES, MAX_BODY, type ServerModel } from './server-model.ts'

/** Front-end helpers whose answers only a recording knows. */
const RECORDED = [
  '/system_stats',
  '/embeddings',
  '/models',
  '/models/:folder',
  '/extensions',
  '/view_metadata/:folder',
  '/users',
  '/settings',
  '/settings/:id',
  '/i18n',
  '/workflow_templates',
]

/** Old names of folders, which only the server's own code still knows (folder_paths.map_legacy). */
const LEGACY = new Set(['unet', 'clip'])

/** Files, node classes and what the server tells about itself (server.py, the GET routes). */
export function factRoutes(app: Hono, model: ServerModel): void {
  const { files, objectInfo, answers } = model.parts
  const recorded = ({ req }: Context, next: () => Promise<void>) => {
    const url = new URL(req.url)
    const answer = answers.get(plainPath(url) + url.search)
    if (!answer) return next()
    const { status, contentType, body } = answer
    // Recordings keep JSON indented; the server never sends it so.
    const response = contentType.startsWith('application/json')
      ? jsonAnswer(parseJson(Buffer.from(body()).toString()), status)
      : new Response(Uint8Array.from(body()), { status, headers: { 'content-type': contentType } })
    response.headers.set(PROVENANCE_HEADER, 'recorded')
    return Promise.resolve(response)
  }
  const isUnknown = (folder: string) => {
    const listed = answers.get('/models')
    const names = listed?.status === 200 ? parseJson(Buffer.from(listed.body()).toString()) : null
    if (Array.isArray(names)) return !names.includes(folder)
    return LEGACY.has(folder) || !mayBeFolder(objectInfo, folder)
  }
  for (const base of ['', '/api']) {
    app.get(`${base}/view`, ({ req }) => view(req.raw, files))
    app.post(`${base}/upload/image`, ({ req }) => uploadImage(req.raw, files, { limit: MAX_BODY }))
    app.post(`${base}/upload/mask`, ({ req }) => uploadMask(req.raw, files, { limit: MAX_BODY }))
    app.get(`${base}/features`, () => jsonAnswer(FEATURES))
    app.get(`${base}/object_info`, () => jsonAnswer(listing(objectInfo, [...objectInfo.keys()], model)))
    app.get(`${base}/object_info/:name`, ({ req }) => jsonAnswer(listing(objectInfo, [req.param('name')], model)))
    for (const path of RECORDED) app.get(base + path, recorded)
    // Only folders whose files are known: a client asks for each of them in turn.
    app.get(`${base}/models`, () => jsonAnswer([...modelLists(objectInfo).keys()]))
    app.get(`${base}/models/:folder`, ({ req }, next) => {
      const folder = req.param('folder')
      const files = modelLists(objectInfo).get(folder)
      if (files) return Promise.resolve(jsonAnswer([...files]))
      return isUnknown(folder) ? Promise.resolve(emptyAnswer(404)) : next()
    })
  }
}

function listing(objectInfo: ObjectInfo, names: readonly string[], { parts }: ServerModel): PyDict {
  return new Map(
    names.flatMap((name) => {
      const info = objectInfo.get(name)
      return isDict(info) ? [[name, withFileLists(name, info, parts.files)] as const] : []
    }),
  )
}
