import { isJson } from './exact-json.ts'
import type { HarHeader } from './har.ts'
import { createRedactor, placeholder, type Redactor } from './redact.ts'
import { redactJson } from './redact-json.ts'

export interface RecordRedactorOptions {
  /** Secrets of this run by name. */
  readonly known: Readonly<Record<string, string | null | undefined>>
  /** Also takes out pod ids and IP addresses. */
  readonly anonymous?: boolean
}

/**
 * The redactor of recordings, which are made to be passed on: of headers, query values and strings in JSON bodies only what is on a
 * list stays (`keptMembers` for JSON), and paths lose the name of the user. Other text loses known secrets and known forms of them.
 */
export function recordRedactor({ known, anonymous = false }: RecordRedactorOptions): Redactor {
  const base = createRedactor(known)
  const text = (input: string, path?: string): string => {
    const left = withoutUsers(base.text(path === undefined ? input : listed(input, path)))
    return anonymous ? withoutAddresses(left) : left
  }
  const query = (pairs: Iterable<readonly [string, string]>): HarHeader[] =>
    Array.from(pairs, ([name, value]) => ({ name, value: queryNames.has(name) ? text(value) : placeholder(name) }))
  const url = (address: string): string => {
    if (!URL.canParse(address)) return text(address)
    const parsed = new URL(address)
    const search = parsed.search.slice(1)
    Object.assign(parsed, { search: '', username: '', password: '' })
    return text(parsed.href) + (search === '' ? '' : `?${text(listedPairs(search, queryNames))}`)
  }
  return {
    text,
    query,
    url,
    headers: (headers) =>
      Array.from(headers, ([name, value]) => {
        if (!headerNames.test(name)) return { name, value: placeholder(name) }
        return { name, value: name.toLowerCase() === 'location' ? url(value) : text(value) }
      }),
  }
}

/** Headers whose values tell nothing but how the exchange works. */
const headerNames = new RegExp(
  `^(?:${[
    'accept|accept-(?:encoding|language|ranges)|access-control-.*|age|allow|cache-control|connection|content-.*|date|etag|expect|expires',
    'host|if-.*|last-modified|location|origin|pragma|range|retry-after|server|transfer-encoding|upgrade|user-agent|vary|x-content-type-options',
    'sec-websocket-(?:version|extensions|protocol)|x-goog-(?:hash|generation|metageneration|storage-class|stored-.*|api-client)',
    'x-guploader-response-body-transformations|x-upload-content-.*|x-ratelimit-.*|metadata-flavor|x-pr-.*',
  ].join('|')})$`,
  'i',
)

/** Query parameters of ComfyUI, Google Cloud Storage and RunPod that choose what is asked for. */
const queryNames = new Set(
  (
    'clientId filename subfolder type preview channel rand max_items offset fullpath recurse split ' +
    'alt name uploadType prefix delimiter fields projection pageToken maxResults generation scopes recursive ' +
    'ifGenerationMatch ifGenerationNotMatch ifMetagenerationMatch include includeMachine page limit'
  ).split(' '),
)

/** Fields of the forms that are sent to Google's token server; the assertion, a secret, is none of them. */
const formNames = new Set(['grant_type', 'scope', 'audience', 'requested_token_type', 'subject_token_type'])

/** A body with only what is on a list: JSON, JSON in lines, or a form. */
function listed(body: string, path: string): string {
  if (isJson(body)) return redactJson(body, path)
  const lines = body.split('\n')
  if (lines.every((line) => line.trim() === '' || isJson(line))) {
    return lines.map((line) => redactJson(line, path)).join('\n')
  }
  return /^[\w.~%+*-]+=[^\s"{]*$/.test(body) && !body.includes('{{') ? listedPairs(body, formNames) : body
}

/** The pairs as they are spelled, those that `names` lacks without their values. */
function listedPairs(pairs: string, names: ReadonlySet<string>): string {
  const kept = pairs.split('&').map((pair) => {
    const name = decoded(pair.split('=')[0] ?? '')
    return names.has(name) || !pair.includes('=') ? pair : `${pair.split('=')[0]}=${placeholder(name)}`
  })
  return kept.join('&')
}

function withoutUsers(text: string): string {
  return text.replaceAll(
    /((?:\/home\/|\/Users\/|[A-Za-z]:(?:\\{1,2})Users(?:\\{1,2})))(?!\{\{)[^/\\"'\s:]+/g,
    '$1{{user}}',
  )
}

function withoutAddresses(text: string): string {
  return text
    .replaceAll(/\b(?!127\.0\.0\.1\b)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b/g, '{{ip}}')
    .replaceAll(/\b[a-z0-9]{10,20}(?=-\d+\.proxy\.runpod\.net)/g, '{{pod}}')
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    return name
  }
}
