import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Agent } from 'undici'
import type { Pace } from '../../domain/pace.ts'
import { LONGEST_ASKED, pauseAfter, retries } from '../../domain/retry-policy.ts'
import { isBrokenConnection, isPassing, pauseAsked, type ServiceNaming, unreachable } from './errors.ts'

export interface HttpRequest {
  /** GET when absent. Only GET and HEAD are ever sent twice. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is; give `content-type` and `content-length` in `headers`. */
  readonly body?: string | Uint8Array | Readable | AsyncIterable<Uint8Array>
  /** Statuses besides 2xx that are no error. */
  readonly allow?: readonly number[]
  /** Bytes that the answer may have as text, `MOST_BYTES` when absent. */
  readonly most?: number
  readonly signal?: AbortSignal | undefined
}

interface Destination {
  readonly agent: Agent
  readonly url: URL
  /** Sent with every request to this service. */
  readonly headers: Readonly<Record<string, string>>
  readonly naming: ServiceNaming
  /** `GET http://…`, for messages. */
  readonly asked: string
  readonly pace: Pace
}

interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Readable
}

/**
 * Sends a request. A GET or HEAD is sent again, by `retries.request`, when the connection broke or the answer is one that passes,
 * unless it asks for a longer pause than a request may take; nothing else is, since nobody knows whether the first was carried out.
 */
export async function send(to: Destination, request: HttpRequest): Promise<RawAnswer> {
  const { method = 'GET', signal } = request
  for (let attempt = 1; ; attempt++) {
    let pause = method === 'GET' || method === 'HEAD' ? pauseAfter(retries.request, attempt) : null
    try {
      const answer = await sendOnce(to, request)
      const asked = pauseAsked(answer.headers)
      if (pause === null || !isPassing(answer.status) || asked > LONGEST_ASKED) return answer
      pause = Math.max(pause, asked)
      answer.body.on('error', () => {}).resume()
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (pause === null || !isBrokenConnection(error)) throw unreachable(to.naming, to.asked, error)
    }
    await to.pace.pause(pause, signal)
  }
}

async function sendOnce(to: Destination, request: HttpRequest): Promise<RawAnswer> {
  const isJson = request.json !== undefined
  const { statusCode, headers, body } = await to.agent.request({
    origin: to.url.origin,
    path: to.url.pathname + to.url.search,
    method: request.method ?? 'GET',
    headers: { ...to.headers, ...(isJson ? { 'content-type': 'application/json' } : {}), ...request.headers },
    body: (isJson ? JSON.stringify(request.json) : (request.body ?? null)) as Readable | string | null,
    signal: request.signal ?? null,
  })
  return { status: statusCode, headers, body }
}
