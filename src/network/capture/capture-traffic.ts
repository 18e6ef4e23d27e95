import type { HarEntry } from '../../recording/har.ts'
import type { Redactor } from '../../recording/redact.ts'
import type { ServiceName, SimulatedService, SocketEnd } from '../../simulators/simulator.ts'
import { captureHttp } from './capture-http.ts'
import { captureSocket } from './capture-socket.ts'
import { type Exchange, harEntryOf } from './exchange.ts'

export interface TrafficCaptureOptions {
  /** Gets `bodies/`, and the frames of sockets as files of their own. */
  readonly folder: string
  readonly redactor: Redactor
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Keep the bytes of uploads in `bodies/` too; else they are only hashed. */
  readonly keepUploads: boolean
  readonly keep: (exchange: Exchange) => void
  readonly keepSocket: (socket: CapturedSocket) => void
}

/** A socket that has ended, redacted; `frames` is a file with one `HarSocketMessage` a line. */
export interface CapturedSocket {
  readonly service: ServiceName
  readonly entry: HarEntry
  readonly frames: string
}

export interface TrafficCapture {
  wrap(service: SimulatedService): SimulatedService
  /** Hands over the sockets that are still open; nothing that ends later is kept. */
  close(): void
}

/** Sees all traffic of the services it wraps, HTTP and sockets, and hands each exchange on when it ends. */
export function captureTraffic(options: TrafficCaptureOptions): TrafficCapture {
  const { folder, redactor, now, keepUploads } = options
  const openSockets = new Set<() => void>()
  let closed = false
  const keep = (exchange: Exchange) => {
    if (!closed) options.keep(exchange)
  }
  const captured = ({ name: service }: SimulatedService, request: Request, real: SocketEnd): SocketEnd => {
    const startedAt = now()
    const finish = () => {
      if (!openSockets.delete(finish)) return
      socket.finish()
      const entry = socketEntry({ service, startedAt, endedAt: now() }, request, redactor)
      options.keepSocket({ service, entry, frames: socket.frames })
    }
    const socket = captureSocket(real, { folder, redactor, path: new URL(request.url).pathname, now }, finish)
    if (!closed) openSockets.add(finish)
    return socket.end
  }
  return {
    wrap: (service) => ({
      name: service.name,
      http: captureHttp(service, { now, keep, keepUploads, spool: { folder, redactor } }),
      upgrade(request) {
        const decision = service.upgrade?.(request) ?? null
        return typeof decision === 'function' ? (end) => decision(captured(service, request, end)) : decision
      },
    }),
    close() {
      for (const finish of [...openSockets]) finish()
      closed = true
    },
  }
}

function socketEntry(
  when: Pick<Exchange, 'service' | 'startedAt' | 'endedAt'>,
  { url, headers }: Request,
  redactor: Redactor,
): HarEntry {
  const nothing = { size: 0, text: null }
  const entry = harEntryOf(
    {
      ...when,
      method: 'GET',
      url: new URL(url),
      requestHeaders: headers,
      requestBody: nothing,
      status: 101,
      statusText: '',
      responseHeaders: new Headers({ connection: 'Upgrade', upgrade: 'websocket' }),
      responseBody: nothing,
      error: null,
    },
    redactor,
  )
  const address = entry.request.url.replace(/^http/, 'ws')
  return { ...entry, _resourceType: 'websocket', request: { ...entry.request, url: address } }
}
