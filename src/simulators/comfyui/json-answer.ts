import { dumpJson } from './python/dump.ts'
import type { Py } from './python/py.ts'

/** aiohttp's `web.json_response`. */
export const jsonAnswer = (value: Py, status = 200): Response => jsonTextAnswer(dumpJson(value), status)

/** The same for JSON that is text already. */
export function jsonTextAnswer(text: string, status = 200): Response {
  return new Response(text, { status, headers: { 'content-type': 'application/json; charset=utf-8' } })
}
