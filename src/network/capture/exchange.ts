import { STATUS_CODES } from 'node:http'
import type { HarEntry } from '../../recording/har.ts'
import type { Redactor } from '../../recording/redact.ts'
import { ANSWER_FIRST_HEADER } from '../../simulators/answer-first.ts'
import {
  CAUSE_HEADER,
  CUT_HEADER,
  FAULT_HEADER,
  PROVENANCE_HEADER,
  type ServiceName,
  UNMATCHED_HEADER,
} from '../../simulators/simulator.ts'
import { ON_WIRE_HEADER } from '../wire/on-wire.ts'
import type { SpooledBody } from './body-spool.ts'
import { withoutOneTime } from './one-time-values.ts'

/** One finished request with its answer, as capture saw it. URL and headers still hold secrets: redact before writing. */
export interface Exchange {
  readonly service: ServiceName
  /** Epoch milliseconds on the run's clock. */
  readonly startedAt: number
  readonly endedAt: number
  readonly method: string
  readonly url: URL
  readonly requestHeaders: Headers
  readonly requestBody: SpooledBody
  readonly status: number
  readonly statusText: string
  /** With the marks of the simulator, which the client does not get to see. */
  readonly responseHeaders: Headers
  readonly responseBody: SpooledBody
  /** `HTTP/1.1` where nothing is said. */
  readonly requestVersion?: string
  readonly responseVersion?: string
  /** Why the exchange did not reach its end; null when it did. */
  readonly error: string | null
}

/** The exchange as a HAR entry, redacted. */
export function harEntryOf(exchange: Exchange, redactor: Redactor): HarEntry {
  const { startedAt, endedAt, requestBody, responseBody, error } = exchange
  const provenance = exchange.responseHeaders.get(PROVENANCE_HEADER)
  const fault = exchange.responseHeaders.get(FAULT_HEADER)
  const location = exchange.responseHeaders.get('location') ?? ''
  return {
    startedDateTime: new Date(startedAt).toISOString(),
    time: endedAt - startedAt,
    _resourceType: 'fetch',
    request: {
      method: exchange.method,
      url: redactor.url(exchange.url.href),
      httpVersion: exchange.requestVersion ?? 'HTTP/1.1',
      cookies: [],
      headers: withoutOneTime(redactor.headers(exchange.requestHeaders)),
      queryString: redactor.query(exchange.url.searchParams),
      ...(requestBody.size === 0 ? {} : { postData: postDataOf(exchange) }),
      headersSize: -1,
      bodySize: requestBody.size,
    },
    response: {
      status: exchange.status,
      statusText: exchange.statusText || (STATUS_CODES[exchange.status] ?? ''),
      httpVersion: exchange.responseVersion ?? 'HTTP/1.1',
      cookies: [],
      headers: withoutOneTime(redactor.headers(exchange.responseHeaders)).filter(({ name }) => !marks.includes(name)),
      content: {
        mimeType: exchange.responseHeaders.get('content-type') ?? 'x-unknown',
        ...stored(responseBody),
        size: responseBody.size,
      },
      redirectURL: redactor.url(location),
      headersSize: -1,
      bodySize: responseBody.size,
      ...(error === null ? {} : { _error: redactor.text(error) }),
    },
    cache: {},
    timings: { send: 0, wait: endedAt - startedAt, receive: 0 },
    _pr: {
      service: exchange.service,
      ...(provenance !== null && { provenance }),
      ...(fault !== null && { fault: redactor.text(fault) }),
    },
  }
}

const marks = [
  PROVENANCE_HEADER,
  UNMATCHED_HEADER,
  CAUSE_HEADER,
  CUT_HEADER,
  FAULT_HEADER,
  ON_WIRE_HEADER,
  ANSWER_FIRST_HEADER,
]

function postDataOf({ requestHeaders, requestBody }: Exchange) {
  return {
    mimeType: requestHeaders.get('content-type') ?? 'application/octet-stream',
    ...stored(requestBody),
    _size: requestBody.size,
  }
}

/** Text inline, unless it went to a file. */
function stored({ text, size: _size, changed: _changed, ...rest }: SpooledBody) {
  return rest._file === undefined && text !== null && text !== '' ? { ...rest, text } : rest
}
