import type { IncomingHttpHeaders } from 'node:http'
import { type ErrorCode, PromptRunnerError } from '../../errors.ts'

/** What the errors of one service are called, and where its settings are. */
export interface ServiceNaming {
  /** As in "ComfyUI does not answer". */
  readonly service: string
  readonly codes: { readonly unreachable: ErrorCode; readonly http: ErrorCode }
  /** What to do when nothing answers at the address. */
  readonly unreachableHint: string
  /** What to do about 401 and 403. */
  readonly deniedHint: string
}

/** No answer, or an answer that broke off. A PromptRunnerError from below (a refused connection of a dry run) stays itself. */
export function unreachable(naming: ServiceNaming, asked: string, error: unknown): PromptRunnerError {
  if (error instanceof PromptRunnerError) return error
  const code = codeOf(error)
  const reason =
    reasons[code] ?? (error instanceof Error && error.message !== '' ? error.message : 'the connection failed')
  const hint = hintOfCode(code) ?? naming.unreachableHint
  const suffix = code === '' ? '' : ` (${code})`
  return new PromptRunnerError(
    naming.codes.unreachable,
    `${asked}: ${naming.service} does not answer: ${reason}${suffix}`,
    {
      hint,
      cause: error,
      retryAfter: hint === naming.unreachableHint ? 0 : null,
    },
  )
}

/**
 * An answer with a status that was not expected. `body` is what was read of it. A gateway's answer counts as none: the service
 * behind it has said nothing, and may have done what it was asked for.
 */
export function unexpectedStatus(
  naming: ServiceNaming,
  asked: string,
  status: number,
  headers: IncomingHttpHeaders,
  body: string,
): PromptRunnerError {
  const to = headers.location === undefined ? '' : ` to ${headers.location.slice(0, 200)}`
  const said = saying(naming, body)
  const message = `${asked}: ${naming.service} answered ${status}${to}${said === '' ? '' : `: ${said}`}`
  const code = GATEWAY.includes(status) ? naming.codes.unreachable : naming.codes.http
  // No service says in HTML that it has no such route or thing: a proxy says so of a server that is not there for a moment.
  const isOfProxy = status === 404 && isPage(body)
  const retryAfter = isPassing(status) || isOfProxy ? pauseAsked(headers) : null
  return new PromptRunnerError(code, message, { hint: hintFor(naming, status), retryAfter })
}

/**
 * An answer with a good status that is not what the service gives there: no JSON, JSON of another shape, a page instead of a file.
 * Something between may have put it there for a moment.
 */
export function notUnderstood(naming: ServiceNaming, asked: string, body: string, cause: unknown): PromptRunnerError {
  const message = `${asked}: ${naming.service} answered what it never should: ${saying(naming, body) || 'nothing'}`
  return new PromptRunnerError(naming.codes.http, message, {
    hint: `check that the address is that of ${naming.service} itself and not of a page or login in front of it`,
    cause,
    retryAfter: 0,
  })
}

/**
 * Whether a failed request may be sent again: its connection broke. One that cannot work (refused, unknown host,
 * certificate) is not worth it.
 */
export function isBrokenConnection(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(codeOf(error))
}

const certificateReasons: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an unknown authority',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
}

const reasons: Record<string, string> = {
  ...certificateReasons,
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed while sending',
  EPROTO: 'it answered without TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it answered without TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it answered without TLS',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be resolved now',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'connecting timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connecting timed out',
  UND_ERR_HEADERS_TIMEOUT: 'no answer within the time limit',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped arriving',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer was shorter or longer than its Content-Length',
}

/** What is to be done about a connection that cannot work, however often it is tried. */
function hintOfCode(code: string): string | null {
  if (code.includes('CERT') || code in certificateReasons)
    return 'give the authority that signed it as a PEM file with --ca'
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return 'the port speaks plain HTTP: give the address with http:// instead of https://'
  if (code.startsWith('HPE_'))
    return 'what answers there speaks no HTTP: check host and port, and whether it wants https://'
  return null
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

/** Proxies and tunnels answer in HTML; their title says more than "unexpected token <". */
function saying({ service }: ServiceNaming, body: string): string {
  const beginning = body.slice(0, SAID).trimStart()
  if (isPage(beginning)) {
    const title = titleOf(beginning)
    return `an HTML page${title === '' ? '' : ` titled "${title}"`}, probably from a proxy in front of ${service}`
  }
  if (isBinary(beginning)) return `${body.length} characters that are no text`
  const line = beginning.replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}

const isPage = (body: string) => /^\s*</.test(body)

/** What is not UTF-8, or has control characters other than those of lines. */
const isBinary = (body: string) => /[\0-\x08\x0e-\x1a\x1c-\x1f\ufffd]/.test(body)

/** Letters in which something is looked for that is worth saying. */
const SAID = 20_000

/** Looks at each letter once: what a page is made of is up to a stranger. */
function titleOf(page: string): string {
  const start = page.search(/<title/i)
  const end = start < 0 ? -1 : page.indexOf('>', start)
  if (end < 0) return ''
  const close = page.indexOf('<', end)
  const title = page
    .slice(end + 1, close < 0 ? undefined : close)
    .replace(/\s+/g, ' ')
    .trim()
  return title.length > 200 ? `${title.slice(0, 200)}…` : title
}

function hintFor({ service, deniedHint }: ServiceNaming, status: number): string {
  if (status === 429 || status === 425) return 'it asks for fewer requests: wait a little'
  if (status === 401 || status === 403 || status === 407) return deniedHint
  if (status >= 300 && status < 400) return `use the address that it redirects to; when that is a login: ${deniedHint}`
  if (status === 413)
    return `the body is over a size limit: that of ${service} itself, or that of a proxy in front of it`
  if (status === 524)
    return 'a proxy gave up waiting (Cloudflare does after 100 seconds); the server may still be working on it'
  if (GATEWAY.includes(status))
    return `a proxy stands at this address and ${service} behind it is not ready or has stopped`
  if (status === 404 || status === 405)
    return `the address answers, but not as ${service} does: check host, port and path`
  return `look into the log of ${service}`
}

/** Statuses of a proxy whose server does not answer (520–530: Cloudflare's, which RunPod's proxy uses). */
const GATEWAY: readonly number[] = [502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530]

/** Whether an answer of this status says nothing of what was asked for and another may come soon: too early, too often, or broken. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429
}

/** Milliseconds that `Retry-After` asks for, in seconds or as a date; 0 without one. */
export function pauseAsked({ 'retry-after': asked }: IncomingHttpHeaders, now = Date.now()): number {
  if (asked === undefined) return 0
  const ms = /^\d+$/.test(asked.trim()) ? Number(asked) * 1_000 : Date.parse(asked) - now
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}
