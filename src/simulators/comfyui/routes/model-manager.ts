import type { Hono } from 'hono'
import { jsonOrNull } from '../../../recording/exact-json.ts'
import { dict } from '../python/py.ts'
import type { ServerModel } from '../server/server-model.ts'
import { emptyAnswer, jsonAnswer } from './aiohttp.ts'
import { madeUp } from './made-up.ts'
import { modelLists } from './model-lists.ts'
import { modelPaths } from './model-paths.ts'

/** Folders that are no models. */
const LEFT_OUT = new Set(['configs', 'custom_nodes'])

/** `/experiment/models`: folders with their places, and files; sizes and times of these are made up (app/model_manager.py). */
export function modelManager(app: Hono, model: ServerModel, root: string): void {
  for (const base of ['', '/api']) {
    app.get(`${base}/experiment/models`, () => {
      const names = foldersOf(model).filter((name) => !LEFT_OUT.has(name))
      return jsonAnswer(names.map((name) => dict({ name, folders: modelPaths(name, root) })))
    })
    app.get(`${base}/experiment/models/:folder`, ({ req }) => {
      const folder = req.param('folder')
      if (!foldersOf(model).includes(folder)) return emptyAnswer(404)
      const names = recordedNames(model, `/models/${folder}`) ?? modelLists(model.parts.objectInfo).get(folder) ?? []
      const facts = { pathIndex: 0n, modified: 0, created: 0, size: 0n }
      return madeUp(jsonAnswer(names.map((name) => dict({ name, ...facts }))))
    })
    app.get(`${base}/experiment/models/preview/*`, () => madeUp(emptyAnswer(404)))
  }
}

/** As recorded, in the server's order; else those that its loaders tell of. */
export function foldersOf(model: ServerModel): string[] {
  return recordedNames(model, '/models') ?? [...modelLists(model.parts.objectInfo).keys()]
}

function recordedNames({ parts }: ServerModel, route: string): string[] | null {
  const listed = parts.answers.get(route)
  const names = listed ? jsonOrNull(listed.body()) : null
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : null
}
