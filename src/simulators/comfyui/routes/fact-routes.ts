import type { Context, Hono } from 'hono'
import { plainPath } from '../../../recording/comfyui-knowledge.ts'
import { jsonOrNull } from '../../../recording/exact-json.ts'
import { PROVENANCE_HEADER } from '../../simulator.ts'
import type { FileStore } from '../files/file-store.ts'
import { mimeType } from '../files/mime-type.ts'
import { inputsInPart } from '../files/restore-files.ts'
import type { ObjectInfo } from '../object-info.ts'
import { isDict, type Py, type PyDict } from '../python/py.ts'
import { MAX_BODY, type ServerModel } from '../server/server-model.ts'
import { emptyAnswer, jsonAnswer } from './aiohttp.ts'
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
  if (!Array.isArray(spec)) return spec
  const [type, options] = spec
  const wanted = wantedBy(classType, options)
  if (!wanted) return spec
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
