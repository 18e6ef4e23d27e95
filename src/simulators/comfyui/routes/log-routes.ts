import type { Hono } from 'hono'
import { pyItem } from '../python/operators.ts'
import { parseJson } from '../python/parse.ts'
import { dict } from '../python/py.ts'
import { answering, emptyAnswer, jsonAnswer } from './aiohttp.ts'
import { madeUp } from './made-up.ts'

/** The server's log as its front end reads it: of a server that has written none (api_server/routes/internal). */
export function logRoutes(app: Hono): void {
  app.get('/internal/logs', () => madeUp(jsonAnswer('')))
  app.get('/internal/logs/raw', () => madeUp(jsonAnswer(dict({ entries: [], size: dict({ cols: 80n, rows: 24n }) }))))
  app.patch('/internal/logs/subscribe', async ({ req }) => {
    const text = await req.raw.text()
    return answering(() => {
      const body = parseJson(text)
      for (const name of ['clientId', 'enabled']) pyItem(body, name)
      return emptyAnswer(200)
    })
  })
}
