import type { Context, Hono } from 'hono'
import { plainPath } from '../../../recording/comfyui-knowledge.ts'
import { jsonOrNull } from '../../../recording/exact-json.ts'
import { PROVENANCE_HEADER } from '../../simulator.ts'
import { inputsInPart } from '../files/restore-files.ts'
import { MAX_BODY, type ServerModel } from '../server/server-model.ts'
import { emptyAnswer, jsonAnswer, jsonTextAnswer } from './aiohttp.ts'
import { classList } from './class-list.ts'
import { mayBeFolder, modelLists } from './model-lists.ts'
import { recordedBody } from './recorded-body.ts'
import { uploadImage, uploadMask } from './upload.ts'
import { view } from './view.ts'

/** Of these, what is not mirrored below `/api`. */
const UNPREFIXED = ['/', '/internal/folder_paths', '/internal/logs', '/internal/logs/raw']

/** Front-end helpers that answer as they were recorded, whatever else is known of them. */
const RECORDED = [
  '/system_stats',
  '/embeddings',
  '/models',
  '/models/:folder',
  '/extensions',
  '/view_metadata/:folder',
  '/i18n',
  '/workflow_templates',
  '/node_replacements',
  '/global_subgraphs',
  '/global_subgraphs/:id',
  '/experiment/models',
  '/experiment/models/:folder',
  '/experiment/models/preview/*',
]

/** Old names of folders, which only the server's own code still knows (folder_paths.map_legacy). */
const LEGACY = new Set(['unet', 'clip'])

/**
 * Files, node classes and what the server tells about itself (server.py, the GET routes). `replay` answers, or says why it cannot,
 * where only the recording could know.
 */
export function factRoutes(app: Hono, model: ServerModel, replay: (request: Request) => Promise<Response>): void {
  const { files, objectInfo, answers } = model.parts
  const inPart = inputsInPart(model.parts.entries)
  // It was asked, but what was answered was not kept: nothing else can be told for it.
  const lost = new Set(model.parts.entries.filter(({ isBodyLost }) => isBodyLost).map(({ url }) => plainPath(url)))
  const recorded = async ({ req }: Context, next: () => Promise<void>) => {
    const url = new URL(req.url)
    // Where the query does not choose an answer, clients add what they like, against caches for instance.
    const answer = answers.get(plainPath(url) + url.search) ?? answers.get(plainPath(url))
    if (!answer && lost.has(plainPath(url))) return replay(req.raw)
    if (!answer) return void (await next())
    const { status, contentType, body } = answer
    const headers = { 'content-type': contentType, [PROVENANCE_HEADER]: 'recorded' }
    return new Response(recordedBody(contentType, body()), { status, headers })
  }
  const isUnknown = (folder: string) => {
    const listed = answers.get('/models')
    const names = listed ? jsonOrNull(listed.body()) : null
    if (Array.isArray(names)) return !names.includes(folder)
    return LEGACY.has(folder) || !mayBeFolder(objectInfo, folder)
  }
  for (const path of UNPREFIXED) app.get(path, recorded)
  for (const base of ['', '/api']) {
    app.get(`${base}/view`, async ({ req }) => {
      const answer = await view(req.raw, files)
      return answer.status === 404 && inPart.has(new URL(req.url).search) ? replay(req.raw) : answer
    })
    app.post(`${base}/upload/image`, ({ req }) => uploadImage(req.raw, files, MAX_BODY))
    app.post(`${base}/upload/mask`, ({ req }) => uploadMask(req.raw, files, MAX_BODY))
    app.get(`${base}/features`, () => jsonAnswer(model.features))
    app.get(`${base}/object_info`, () => jsonTextAnswer(classList(objectInfo, [...objectInfo.keys()], files)))
    app.get(`${base}/object_info/:name`, ({ req }) => jsonTextAnswer(classList(objectInfo, [req.param('name')], files)))
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
