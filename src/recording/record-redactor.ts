import { type Redactor, type RedactorRules, redactorOf } from './redact.ts'

export interface RecordRedactorOptions {
  /** Secrets of this run by name. */
  readonly known: RedactorRules['known']
  /** Also takes out pod ids and IP addresses. */
  readonly anonymous?: boolean
}

/**
 * The redactor of recordings, which are made to be passed on: of headers, query values, fields of forms and strings in JSON bodies only
 * what is on a list stays (`keptMembers` for JSON), and paths lose the name of the user. Other text loses known secrets and known forms of them.
 */
export function recordRedactor({ known, anonymous = false }: RecordRedactorOptions): Redactor {
  return redactorOf({
    name: anonymous ? 'anonymous recording' : 'recording',
    known,
    isOpenHeader: (name) => headerNames.has(name.toLowerCase()),
    isOpenQuery: (name) => queryNames.has(name),
    isOpenField: (name) => formNames.has(name),
    isListed: true,
    more: (text) => (anonymous ? withoutAddresses(withoutUsers(text)) : withoutUsers(text)),
  })
}

/** Headers whose values tell nothing but how the exchange works. Each by its own name: `content-x-secret` is anything. */
const headerNames = new Set(
  [
    'accept accept-charset accept-encoding accept-language accept-ranges accept-datetime age allow cache-control connection keep-alive',
    'access-control-allow-origin access-control-allow-methods access-control-allow-headers access-control-allow-credentials',
    'access-control-expose-headers access-control-max-age access-control-request-method access-control-request-headers',
    'content-type content-length content-encoding content-language content-location content-disposition content-range content-md5',
    'content-security-policy content-transfer-encoding cross-origin-opener-policy cross-origin-embedder-policy cross-origin-resource-policy',
    'date etag expect expires host if-match if-none-match if-modified-since if-unmodified-since if-range last-modified location origin pragma',
    'range referrer-policy retry-after server trailer te transfer-encoding upgrade user-agent vary x-content-type-options x-frame-options',
    'sec-websocket-version sec-websocket-extensions sec-websocket-protocol',
    'x-goog-hash x-goog-generation x-goog-metageneration x-goog-storage-class x-goog-stored-content-encoding x-goog-stored-content-length',
    'x-goog-api-client x-goog-if-generation-match x-goog-if-metageneration-match x-guploader-response-body-transformations',
    'x-upload-content-type x-upload-content-length x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset metadata-flavor',
    'ratelimit-limit ratelimit-remaining ratelimit-reset ratelimit-policy',
  ].flatMap((line) => line.split(' ')),
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

function withoutUsers(text: string): string {
  if (!/\/home\/|[\\/]Users[\\/]/.test(text)) return text
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
