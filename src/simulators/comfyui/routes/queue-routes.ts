import type { Hono } from 'hono'
import { answerFirst } from '../../answer-first.ts'
import { pyBool, pyInt } from '../python/convert.ts'
import { pyContains, pyItem, pyIterate, requireHashable } from '../python/operators.ts'
import { parseJson } from '../python/parse.ts'
import { dict, isDict, type Py, type PyDict, PythonError } from '../python/py.ts'
import { rowOf } from '../server/prompt-queue.ts'
import { MAX_BODY, type ServerModel } from '../server/server-model.ts'
import { answering, emptyAnswer, jsonAnswer, jsonTextAnswer, readBody, textAnswer } from './aiohttp.ts'

/** Prompts, queue, history, interrupt and free (server.py). */
export function queueRoutes(app: Hono, model: ServerModel): void {
  const { queue, history, worker } = model
  for (const base of ['', '/api']) {
    app.get(`${base}/prompt`, () => jsonAnswer(dict({ exec_info: dict({ queue_remaining: BigInt(queue.remaining) }) })))
    app.post(`${base}/prompt`, ({ req }) =>
      withBody(req.raw, (body) => {
        if (!model.parts.answersFirst) return submit(model, body)
        const free = model.hub.hold()
        try {
          return answerFirst(submit(model, body), free)
        } catch (error) {
          free()
          throw error
        }
      }),
    )
    app.get(`${base}/queue`, () =>
      jsonAnswer(
        dict({
          queue_running: queue.running ? [rowOf(queue.running)] : [],
          queue_pending: queue.pending.map(rowOf),
        }),
      ),
    )
    app.post(`${base}/queue`, ({ req }) =>
      withBody(req.raw, (body) =>
        clearOrDelete(
          parseJson(body),
          () => queue.clear(),
          (id) => typeof id === 'string' && queue.delete(id),
        ),
      ),
    )
    app.post(`${base}/history`, ({ req }) =>
      withBody(req.raw, (body) =>
        clearOrDelete(
          parseJson(body),
          () => history.clear(),
          (id) => {
            requireHashable(id)
            if (typeof id === 'string') history.delete(id)
          },
        ),
      ),
    )
    app.get(`${base}/history`, ({ req }) =>
      answering(() => {
        const [items, offset] = [req.query('max_items'), req.query('offset')]
        return jsonTextAnswer(
          history.page(items === undefined ? null : integer(items), offset === undefined ? -1 : integer(offset)),
        )
      }),
    )
    app.get(`${base}/history/:id`, ({ req }) => jsonTextAnswer(history.get(req.param('id'))))
    app.post(`${base}/interrupt`, ({ req }) =>
      withBody(req.raw, (body) => {
        const id = pyGet(jsonOr(body, new Map()), 'prompt_id')
        if (!pyBool(id)) worker.interrupt(null)
        else if (typeof id === 'string') worker.interrupt(id)
        return emptyAnswer(200)
      }),
    )
    app.post(`${base}/free`, ({ req }) =>
      withBody(req.raw, (body) => {
        if (pyBool(pyGet(parseJson(body), 'free_memory'))) worker.freeMemory()
        return emptyAnswer(200)
      }),
    )
  }
}

function submit(model: ServerModel, text: string): Response {
  const { status, body, contentType } = model.submit(text)
  if (status === 500) return textAnswer(500, body)
  return new Response(body, { status, headers: { 'content-type': contentType } })
}

/** The body's text for a handler whose Python exceptions become a 500; 413 above the limit. */
async function withBody(request: Request, handler: (body: string) => Response): Promise<Response> {
  const body = await readBody(request, MAX_BODY)
  if (body === null) return textAnswer(413, `Maximum request body size ${MAX_BODY} exceeded.`)
  return answering(() => handler(textOf(body)))
}

function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(body)
  } catch {
    throw new PythonError('UnicodeDecodeError', "'utf-8' codec can't decode the body")
  }
}

function clearOrDelete(body: Py, clear: () => void, remove: (id: Py) => void): Response {
  if (pyContains(body, 'clear') && pyBool(pyItem(body, 'clear'))) clear()
  if (pyContains(body, 'delete')) {
    for (const id of pyIterate(pyItem(body, 'delete'))) remove(id)
  }
  return emptyAnswer(200)
}

function pyGet(value: Py, key: string): Py {
  if (!isDict(value)) throw new PythonError('AttributeError', "object has no attribute 'get'")
  return (value as PyDict).get(key) ?? null
}

function jsonOr(body: string, fallback: Py): Py {
  try {
    return parseJson(body)
  } catch (error) {
    if (error instanceof PythonError && error.type === 'json.decoder.JSONDecodeError') return fallback
    throw error
  }
}

const integer = (text: string): number => Number(pyInt(text))
