import { dumpJson } from './python/dump.ts'
import type { Py } from './python/py.ts'

/** aiohttp's `web.json_response`. */
export function jsonAnswer(value: Py, status = 200): Response {
  return new Response(dumpJson(value), { status, headers: { 'content-type': 'application/json; charset=utf-8' } })
}
