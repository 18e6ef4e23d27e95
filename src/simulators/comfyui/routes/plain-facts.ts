import type { Hono } from 'hono'
import type { FileType } from '../files/folder-paths.ts'
import { dirname } from '../files/python-path.ts'
import { dict } from '../python/py.ts'
import type { ServerModel } from '../server/server-model.ts'
import { emptyAnswer, jsonAnswer } from './aiohttp.ts'
import { frontPage } from './front-page.ts'
import { logRoutes } from './log-routes.ts'
import { madeUp } from './made-up.ts'
import { foldersOf, modelManager } from './model-manager.ts'
import { modelPaths } from './model-paths.ts'

/** A checkout of ComfyUI has it, so that the folder is there. */
const PLACEHOLDER = '_output_images_will_be_put_here'

/**
 * What a server answers that has one user, who has stored nothing, and no assets system (app/user_manager.py,
 * custom_node_manager.py, api_server/routes/internal, app/assets): only where the recording has nothing else. What an assets
 * system has is for `replay`.
 */
export function plainFacts(app: Hono, model: ServerModel, replay: (request: Request) => Promise<Response>): void {
  const { files, rules } = model.parts
  for (const base of ['', '/api']) {
    app.get(`${base}/i18n`, () => jsonAnswer(new Map()))
    app.get(`${base}/workflow_templates`, () => jsonAnswer(new Map()))
    // What packs and the disk add to these, only a recording knows.
    app.get(`${base}/extensions`, () => madeUp(jsonAnswer([])))
    app.get(`${base}/embeddings`, () => madeUp(jsonAnswer([])))
    app.get(`${base}/view_metadata/:folder`, () => madeUp(emptyAnswer(404)))
    if (rules.globalSubgraphs) {
      app.get(`${base}/global_subgraphs`, () => madeUp(jsonAnswer(new Map())))
      app.get(`${base}/global_subgraphs/:id`, () => madeUp(jsonAnswer(null)))
    }
    const { replacements } = model
    if (replacements) app.get(`${base}/node_replacements`, () => jsonAnswer(replacements))
  }
  const root = dirname(files.directory('output'))
  modelManager(app, model, root)
  app.get('/', () => frontPage())
  // Below `/internal` nothing has the prefix.
  logRoutes(app)
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
  for (const path of ASSETS) {
    // What only later servers have is nowhere, but for those that were recorded with it.
    if (!rules.assets) app.get(path, ({ req }) => (hasAssets ? replay(req.raw) : emptyAnswer(404)))
    else app.all(path, ({ req }) => (hasAssets ? replay(req.raw) : jsonAnswer(NO_ASSETS, 503)))
  }
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
