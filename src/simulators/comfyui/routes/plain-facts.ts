import type { Hono } from 'hono'
import { jsonOrNull } from '../../../recording/exact-json.ts'
import type { FileType } from '../files/folder-paths.ts'
import { dirname } from '../files/python-path.ts'
import { dict } from '../python/py.ts'
import type { ServerModel } from '../server/server-model.ts'
import { emptyAnswer, jsonAnswer, textAnswer } from './aiohttp.ts'
import { modelLists } from './model-lists.ts'
import { modelPaths } from './model-paths.ts'

/** A checkout of ComfyUI has it, so that the folder is there. */
const PLACEHOLDER = '_output_images_will_be_put_here'

/**
 * What a server answers that has one user, who has stored nothing, and no assets system (app/user_manager.py,
 * custom_node_manager.py, api_server/routes/internal, app/assets): only where the recording has nothing else.
 */
export function plainFacts(app: Hono, model: ServerModel): void {
  const { files, objectInfo, rules } = model.parts
  for (const base of ['', '/api']) {
    app.get(`${base}/users`, () => jsonAnswer(dict({ storage: 'server', migrated: true })))
    app.get(`${base}/i18n`, () => jsonAnswer(new Map()))
    const { replacements } = model
    if (replacements) app.get(`${base}/node_replacements`, () => jsonAnswer(replacements))
    app.get(`${base}/settings`, () => jsonAnswer(new Map()))
    app.get(`${base}/settings/:id`, () => jsonAnswer(null))
    app.get(`${base}/userdata`, ({ req }) =>
      req.query('dir') ? textAnswer(404, 'Directory not found') : textAnswer(400, 'Directory not provided'),
    )
    app.get(`${base}/v2/userdata`, ({ req }) =>
      req.query('path') ? textAnswer(404, 'Requested path not found') : jsonAnswer([]),
    )
    app.get(`${base}/view_metadata/:folder`, ({ req }, next) => {
      const known = modelLists(objectInfo).get(req.param('folder')) ?? []
      const filename = req.query('filename') ?? ''
      const isThere = filename.endsWith('.safetensors') && known.includes(filename)
      return isThere ? next() : Promise.resolve(emptyAnswer(404))
    })
  }
  const root = dirname(files.directory('output'))
  // Below `/internal` nothing has the prefix.
  app.get('/internal/folder_paths', () =>
    jsonAnswer(new Map(foldersOf(model).map((folder) => [folder, modelPaths(folder, root)]))),
  )
  app.get('/internal/files/:type', ({ req }) => {
    const type = req.param('type')
    if (!isFileType(type)) return jsonAnswer(dict({ error: 'Invalid directory type' }), 400)
    const seen = files.list(type).filter(({ subfolder, filename }) => subfolder === '' && !filename.startsWith('.'))
    const newest = seen.toSorted((a, b) => b.modified - a.modified).map(({ filename }) => filename)
    const names = type === 'output' ? [...newest, PLACEHOLDER] : newest
    return jsonAnswer(names.map((name) => `${name} [${type}]`))
  })
  const hasAssets = model.features.get('assets') === true
  if (rules.assets && !hasAssets) for (const path of ASSETS) app.all(path, () => jsonAnswer(NO_ASSETS, 503))
}

/** As recorded, in the server's order; else those that its loaders tell of. */
function foldersOf({ parts }: ServerModel): string[] {
  const listed = parts.answers.get('/models')
  const names = listed ? jsonOrNull(listed.body()) : null
  if (Array.isArray(names)) return names.filter((name) => typeof name === 'string')
  return [...modelLists(parts.objectInfo).keys()]
}

const ASSETS = ['/api/assets', '/api/assets/*', '/api/tags']

const NO_ASSETS = dict({
  error: dict({
    code: 'SERVICE_DISABLED',
    message: 'Assets system is disabled. Start the server with --enable-assets to use this feature.',
    details: new Map(),
  }),
})

function isFileType(text: string): text is FileType {
  return text === 'output' || text === 'input' || text === 'temp'
}
