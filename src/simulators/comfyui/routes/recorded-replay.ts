import { createHash } from 'node:crypto'
import { plainPath } from '../../../recording/comfyui-knowledge.ts'
import { cutBody } from '../../../recording/cut-body.ts'
import type { LoadedEntry } from '../../../recording/loaded-entry.ts'
import { heldBody } from '../../held-body.ts'
import { CUT_HEADER, PROVENANCE_HEADER } from '../../simulator.ts'
import { recordedBody } from './recorded-body.ts'
import { differences, partsOfEntry, partsOfRequest, type RequestParts } from './request-parts.ts'
import { acceptParts, selectingParts } from './selecting-headers.ts'

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
  const atHome = entries.filter(({ url }) => url.host === home)
  const known = atHome
    .filter(({ frames }) => frames === null)
    .map((entry, index) => ({ entry, index, family: familyOf(entry.url), isChange: !isRead(entry.method) }))
  const used = new Set<number>()
  const lastChange = new Map<string, number>()

  return async (request) => {
    const url = new URL(request.url)
    const family = familyOf(url)
    const isOfFamily = (method: string) => (each: (typeof known)[number]) =>
      each.family === family && each.entry.method === method
    const own = known.filter(isOfFamily(request.method))
    // What a GET answers, without its body, is what a HEAD does.
    const alike = own.length === 0 && request.method === 'HEAD' ? known.filter(isOfFamily('GET')) : own
    const isThere = alike.some(({ entry }) => plainPath(entry.url) === plainPath(url))
    if (!isThere && atHome.some((each) => each.frames !== null && plainPath(each.url) === plainPath(url)))
      return { cause: 'recorded as a socket, and none but that of /ws is replayed', nearest: '' }
    if (alike.length === 0) return { cause: 'never recorded', nearest: '' }
    const asked = await askedBy(request)
    const compared = alike.map((each) => ({ ...each, differs: differencesFrom(each.entry, asked) }))
    const same = compared.filter(({ differs }) => differs.length === 0)
    if (same.length === 0) {
      const { entry, differs } = nearestOf(compared)
      const nearest = `${nameOf(entry)}, which is recorded and differs in ${differs.join(', ')}`
      return { cause: 'never recorded like this', nearest }
    }
    const done = lastChange.get(family) ?? -1
    const changes = known.filter((each) => each.isChange && each.family === family)
    const next = changes.find(({ index }) => index > done)
    const now = isRead(request.method)
      ? same.filter(({ index }) => index > done && index < (next?.index ?? Number.POSITIVE_INFINITY))
      : same.filter(({ index }) => !used.has(index))
    const best = wantedMost(now, request)
    const found = best.find(({ index }) => !used.has(index)) ?? best.at(-1)
    if (!found) return isRead(request.method) ? wrongState(same.at(-1)!.index, done, changes) : consumed(same.length)
    const cause = noAnswerIn(found.entry, request.method)
    if (cause !== null) return { cause, nearest: '' }
    if (found.entry.method === request.method) used.add(found.index)
    if (found.isChange) lastChange.set(family, found.index)
    return answerOf(found.entry, request.method)
  }
}

/** With the same path, if there is one; then where least differs. */
function nearestOf<T extends { readonly entry: LoadedEntry; readonly differs: readonly string[] }>(
  all: readonly T[],
): T {
  const elsewhere = ({ differs }: T) => differs.filter((place) => place.startsWith('$.path')).length
  return all.toSorted(
    (a, b) =>
      elsewhere(a) - elsewhere(b) ||
      a.differs.length - b.differs.length ||
      b.entry.url.href.length - a.entry.url.href.length,
  )[0]!
}

interface Asked {
  readonly parts: RequestParts
  readonly headers: Headers
  readonly hash: string
}

async function askedBy(request: Request): Promise<Asked> {
  const body = heldBody(request) ?? Buffer.from(await request.clone().arrayBuffer())
  const hash = createHash('sha256').update(body).digest('hex')
  return { parts: partsOfRequest(request, body), headers: request.headers, hash }
}

/** Where a recorded request is not the one that is asked. */
function differencesFrom(entry: LoadedEntry, { parts, headers, hash }: Asked): string[] {
  const { lostRequest } = entry
  const accepted = acceptParts(headers, entry)
  const recorded = new Map([...partsOfEntry(entry), ...selectingParts(entry.requestHeaders, entry)])
  const asked = new Map([...parts, ...selectingParts(headers, entry)])
  if (accepted) {
    recorded.set(...accepted.recorded)
    asked.set(...accepted.asked)
  }
  if (lostRequest === undefined) return differences(recorded, asked)
  const beside = new Map([...asked].filter(([place]) => !place.startsWith('$.body')))
  return [
    ...differences(recorded, beside),
    ...(lostRequest === hash ? [] : ['$.body (which the recording does not have)']),
  ]
}

/** Those that were recorded for exactly what the client wants, if there are any. */
function wantedMost<T extends { readonly entry: LoadedEntry }>(all: readonly T[], { headers }: Request): readonly T[] {
  const exact = all.filter(({ entry }) => entry.requestHeaders.get('accept') === headers.get('accept'))
  return exact.length > 0 ? exact : all
}

/** Why an entry answers nothing; null when it does. */
function noAnswerIn({ status, isBodyLost = false }: LoadedEntry, method: string): string | null {
  if (status < 200 || status > 599) return `recorded without an answer (status ${status})`
  return isBodyLost && !isBodiless(status, method) ? 'recorded without the body of its answer' : null
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

function answerOf({ status, responseHeaders, responseBody, cut }: LoadedEntry, method: string): Response {
  const body = isBodiless(status, method)
    ? null
    : recordedBody(responseHeaders.get('content-type') ?? '', responseBody())
  const response = new Response(body && cut !== undefined ? cutBody(body, cut) : body, { status })
  for (const [name, value] of responseHeaders) if (!ofTransport.test(name)) response.headers.append(name, value)
  const length = lengthIn(responseHeaders)
  // Of what is sent whole the server says it itself; of what is not sent, or not whole, only the recording knows.
  if (length !== null && (method === 'HEAD' || (cut !== undefined && length > (body?.length ?? 0))))
    response.headers.set('content-length', String(length))
  if (body && cut !== undefined) response.headers.set(CUT_HEADER, encodeURI(cut.toWellFormed()))
  response.headers.set(PROVENANCE_HEADER, 'recorded')
  return response
}

function isBodiless(status: number, method: string): boolean {
  return method === 'HEAD' || [204, 205, 304].includes(status)
}

/** Of the body as it is given: what was packed is given unpacked. */
function lengthIn(headers: Headers): number | null {
  const length = headers.get('content-length') ?? ''
  return /^\d+$/.test(length) && !headers.has('content-encoding') ? Number(length) : null
}

const ofTransport =
  /^(?:connection|keep-alive|content-(?:length|encoding)|transfer-encoding|trailer|te|upgrade|proxy-.*|date|set-cookie)$/

const isRead = (method: string) => method === 'GET' || method === 'HEAD'

function familyOf(url: URL): string {
  return plainPath(url).split('/')[1] ?? ''
}

function nameOf({ method, url }: LoadedEntry): string {
  return `${method} ${plainPath(url)}${url.search}`
}
