import { plainPath } from '../../../recording/comfyui-knowledge.ts'
import type { LoadedEntry } from '../../../recording/loaded-entry.ts'
import { PROVENANCE_HEADER } from '../../simulator.ts'
import { parseJson } from '../python/parse.ts'
import { type Py, PythonError } from '../python/py.ts'
import { jsonAnswer } from './aiohttp.ts'
import { differences, partsOfEntry, partsOfRequest } from './request-parts.ts'

/** Why a request has no recorded answer, and what comes closest to it ('' for nothing). */
export interface Miss {
  readonly cause: string
  readonly nearest: string
}

/**
 * Answers requests to routes that nothing here models (those of node packs and front ends) as they were recorded.
 * Anything but a GET may change the state behind its routes, which are those with the same first step in the path. So
 * each recorded answer to such a request is given once, and a GET gets what was recorded after the same changes; the
 * last such answer is repeated.
 */
export function replayRecorded(entries: readonly LoadedEntry[]): (request: Request) => Promise<Response | Miss> {
  const home = entries.find(({ url }) => url.pathname.endsWith('/object_info'))?.url.host
  const known = entries
    .filter(({ frames, status, url }) => frames === null && status !== 304 && url.host === home)
    .map((entry, index) => ({ entry, index, family: familyOf(entry.url), isChange: !isRead(entry.method) }))
  const used = new Set<number>()
  const lastChange = new Map<string, number>()

  return async (request) => {
    const url = new URL(request.url)
    const family = familyOf(url)
    const alike = known.filter((each) => each.family === family && each.entry.method === request.method)
    if (alike.length === 0) return { cause: 'never recorded', nearest: '' }
    const asked = await partsOfRequest(request)
    const compared = alike.map((each) => ({ ...each, differs: differences(partsOfEntry(each.entry), asked) }))
    const same = compared.filter(({ differs }) => differs.length === 0)
    if (same.length === 0) {
      const { entry, differs } = compared.toSorted(
        (a, b) => a.differs.length - b.differs.length || b.entry.url.href.length - a.entry.url.href.length,
      )[0]!
      const nearest = `${nameOf(entry)}, which is recorded and differs in ${differs.join(', ')}`
      return { cause: 'never recorded like this', nearest }
    }
    const done = lastChange.get(family) ?? -1
    const changes = known.filter((each) => each.isChange && each.family === family)
    const next = changes.find(({ index }) => index > done)
    const now = isRead(request.method)
      ? same.filter(({ index }) => index > done && index < (next?.index ?? Number.POSITIVE_INFINITY))
      : same.filter(({ index }) => !used.has(index))
    const found = now.find(({ index }) => !used.has(index)) ?? now.at(-1)
    if (!found) return isRead(request.method) ? wrongState(same.at(-1)!.index, done, changes) : consumed(same.length)
    const cause = noAnswerIn(found.entry)
    if (cause !== null) return { cause, nearest: '' }
    used.add(found.index)
    if (found.isChange) lastChange.set(family, found.index)
    return answerOf(found.entry)
  }
}

/** Why an entry answers nothing; null when it does. */
function noAnswerIn({ method, status, isBodyLost = false }: LoadedEntry): string | null {
  if (status < 200 || status > 599) return `recorded without an answer (status ${status})`
  return isBodyLost && method !== 'HEAD' ? 'recorded without the body of its answer' : null
}

function consumed(uses: number): Miss {
  return {
    cause: uses === 1 ? 'its one recorded use is consumed' : `all ${uses} recorded uses are consumed`,
    nearest: '',
  }
}

function wrongState(at: number, done: number, changes: ReadonlyArray<{ entry: LoadedEntry; index: number }>): Miss {
  const before = changes.findLast(({ index }) => index < at && index > done)
  const sent = changes.find(({ index }) => index === done)
  const why = before
    ? `only after ${nameOf(before.entry)}, which was not sent yet`
    : `only before ${nameOf(sent!.entry)}, which was sent`
  return { cause: `wrong state: recorded ${why}`, nearest: '' }
}

function answerOf({ status, responseHeaders, responseBody }: LoadedEntry): Response {
  const type = responseHeaders.get('content-type') ?? ''
  const text = Buffer.from(responseBody()).toString()
  // Recordings keep JSON indented; the server never sends it so.
  const json = type.startsWith('application/json') ? readAsJson(text) : null
  const response =
    json !== null
      ? jsonAnswer(json.value, status)
      : new Response([204, 205].includes(status) ? null : Uint8Array.from(responseBody()), { status })
  for (const [name, value] of responseHeaders) if (!ofTransport.test(name)) response.headers.set(name, value)
  response.headers.set(PROVENANCE_HEADER, 'recorded')
  return response
}

/** null for what is none, whatever it is called. */
function readAsJson(text: string): { value: Py } | null {
  try {
    return { value: parseJson(text) }
  } catch (error) {
    if (error instanceof PythonError) return null
    throw error
  }
}

const ofTransport = /^(?:connection|keep-alive|content-(?:length|encoding)|transfer-encoding|date|set-cookie)$/

const isRead = (method: string) => method === 'GET' || method === 'HEAD'

function familyOf(url: URL): string {
  return plainPath(url).split('/')[1] ?? ''
}

function nameOf({ method, url }: LoadedEntry): string {
  return `${method} ${plainPath(url)}${url.search}`
}
