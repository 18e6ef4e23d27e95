import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { rootCertificates } from 'node:tls'
import { Agent } from 'undici'
import { type Pace, timeLimits } from '../../domain/pace.ts'
import { realPace } from '../real-pace.ts'
import { notUnderstood, type ServiceNaming, unexpectedStatus, unreachable } from './errors.ts'
import { secretHider } from './hide-secrets.ts'
import { MOST_BYTES, readBeginning, readBody, TooLong } from './read-body.ts'
import { type HttpRequest, send } from './send.ts'

export interface HttpOptions extends ServiceNaming {
  /** Its path is kept: with `http://host/comfy/` the path `/prompt` goes to `/comfy/prompt`. User and password become Basic. */
  readonly base: URL
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string | null
  /** Sent with every request; wins over `token`. */
  readonly headers?: Readonly<Record<string, string>>
  /** PEM text of a certificate authority, trusted besides the public ones. */
  readonly ca?: string | null
  /** JSON.parse, unless the service writes something looser. */
  readonly parse?: (text: string) => unknown
  readonly pace?: Pace | undefined
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Must be read to its end or destroyed, or the connection stays taken. */
  readonly body: Readable
  /** The whole body as UTF-8. */
  text(): Promise<string>
  /** The body as JSON, through `read`, which may throw (a schema's `parse`). A body that it refuses is the service's http error. */
  json<T = unknown>(read?: (value: unknown) => T): Promise<T>
  /** The error for a body that broke off while it was read. */
  broken(error: unknown): Error
  /** The error for an allowed status whose body is not what it was allowed for. */
  unexpected(body: string): Error
  /** The error for a body with a good status that is not the service's. */
  foreign(body: string, cause?: unknown): Error
}

export interface Http {
  /** Headers that carry the caller's rights, for a socket to the same place. */
  readonly headers: Readonly<Record<string, string>>
  /** Takes those rights out of a text that is to be said. */
  hide(text: string): string
  /** The authorities to trust, for such a socket; null: Node's own. */
  readonly ca: readonly string[] | null
  /** Address of a path under the base. */
  url(path: string, query?: Readonly<Record<string, string>>): URL
  /**
   * Throws the service's errors for no answer and for a status that is neither 2xx nor allowed. An aborted signal
   * throws its reason.
   */
  request(path: string, request?: HttpRequest): Promise<HttpAnswer>
  text(path: string, request?: HttpRequest): Promise<string>
  json<T = unknown>(path: string, request?: HttpRequest, read?: (value: unknown) => T): Promise<T>
  /** Ends every connection, unfinished requests included. */
  close(): Promise<void>
}

/** HTTP/1.1 to one service over one bounded pool of connections. */
export function createHttp(options: HttpOptions): Http {
  const { base, parse = JSON.parse, pace = realPace } = options
  const headers = {
    'user-agent': 'prompt-runner',
    accept: '*/*',
    ...authorization(options),
    ...lowerCase(options.headers),
  }
  // Naming authorities takes the place of Node's, and the public ones are to be trusted still.
  const ca = options.ca ? [...rootCertificates, options.ca] : null
  const agent = new Agent({
    connections: 8,
    pipelining: 1,
    // HTTP/2 by ALPN hangs in a dry run, and nothing here gains by it.
    allowH2: false,
    connect: { timeout: pace.limit(timeLimits.connection), ...(ca && { ca }) },
    keepAliveTimeout: 4_000,
    headersTimeout: pace.limit(timeLimits.answer),
    bodyTimeout: pace.limit(timeLimits.answer),
  })

  const hide = secretHider(headers)
  const http: Http = {
    headers,
    hide,
    ca,
    url(path, query = {}) {
      const url = new URL(base.pathname.replace(/\/$/, '') + path, base.origin)
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
      return url
    },
    async request(path, request = {}) {
      const url = http.url(path, request.query)
      const asked = `${request.method ?? 'GET'} ${url.href}`
      const answer = await send({ agent, url, headers, naming: options, asked, pace }, request)
      const taken: HttpAnswer = {
        ...answer,
        text: () =>
          readBody(answer.body, request.most ?? MOST_BYTES).catch((error) => Promise.reject(taken.broken(error))),
        async json<T>(read = (value: unknown) => value as T) {
          const text = await taken.text()
          try {
            return read(parse(text))
          } catch (error) {
            throw taken.foreign(text, error)
          }
        },
        broken(error) {
          if (error instanceof TooLong) return notUnderstood(options, asked, error.message, error)
          return request.signal?.aborted ? request.signal.reason : unreachable(options, asked, error)
        },
        foreign: (body, cause) => notUnderstood(options, asked, hide(body), cause),
        unexpected(body) {
          const { location } = answer.headers
          const sent = location === undefined ? answer.headers : { ...answer.headers, location: hide(location) }
          return unexpectedStatus(options, asked, answer.status, sent, hide(body))
        },
      }
      if ((answer.status >= 200 && answer.status < 300) || request.allow?.includes(answer.status)) return taken
      const beginning = await readBeginning(answer.body).catch((error) => Promise.reject(taken.broken(error)))
      throw taken.unexpected(beginning)
    },
    async text(path, request) {
      return (await http.request(path, request)).text()
    },
    async json(path, request, read) {
      return (await http.request(path, request)).json(read)
    },
    close: () => agent.destroy(),
  }
  return http
}

function authorization({ base, token }: HttpOptions): Record<string, string> {
  if (token) return { authorization: `Bearer ${token}` }
  if (base.username === '' && base.password === '') return {}
  const pair = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
