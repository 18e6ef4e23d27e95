import type { HarEntry } from '../../recording/har.ts'
import type { Redactor } from '../../recording/redact.ts'
import type { ServiceName, SimulatedService } from '../../simulators/simulator.ts'
import { captureHttp } from './capture-http.ts'
import { captureSocket } from './capture-socket.ts'
import { type Exchange, harEntryOf } from './exchange.ts'
import { type OpenExchange, openExchange } from './open-exchange.ts'
import { openSocketLog, type SocketLog } from './socket-log.ts'

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

/** Writes down what passes by elsewhere. */
export interface TrafficWatch {
  exchange(head: Parameters<typeof openExchange>[0]): OpenExchange
  /** A socket that was accepted; `finish` of the log ends it. */
  socket(accepted: AcceptedSocket): SocketLog
}

type AcceptedSocket = Pick<Exchange, 'service' | 'startedAt' | 'url' | 'requestHeaders' | 'responseHeaders'>

export interface TrafficCapture extends TrafficWatch {
  /** A service whose traffic is seen. */
  wrap(service: SimulatedService): SimulatedService
  /** Hands over the sockets that are still open; nothing that ends later is kept. */
  close(): void
}

/** Sees all traffic of services, HTTP and sockets, and hands each exchange on when it ends. */
export function captureTraffic(options: TrafficCaptureOptions): TrafficCapture {
  const { folder, redactor, now, keepUploads } = options
  const openSockets = new Set<() => void>()
  let closed = false
  const keep = (exchange: Exchange) => {
    if (!closed) options.keep(exchange)
  }
  const http = { now, keep, keepUploads, spool: { folder, redactor } }
  const socket = (accepted: AcceptedSocket): SocketLog => {
    const log = openSocketLog({ folder, redactor, path: accepted.url.pathname, now })
    const finish = () => {
      log.finish()
      if (!openSockets.delete(finish)) return
      const entry = socketEntry({ ...accepted, endedAt: now() }, redactor)
      options.keepSocket({ service: accepted.service, entry, frames: log.frames })
    }
    if (!closed) openSockets.add(finish)
    return { ...log, finish }
  }
  return {
    socket,
    exchange: (head) => openExchange(head, http),
    wrap: (service) => ({
      name: service.name,
      http: captureHttp(service, http),
      upgrade(request) {
        const decision = service.upgrade?.(request) ?? null
        if (typeof decision !== 'function') return decision
        return (end) => {
          const asked = { service: service.name, url: new URL(request.url), requestHeaders: request.headers }
          const facts = { ...asked, startedAt: now() }
          const responseHeaders = new Headers({ connection: 'Upgrade', upgrade: 'websocket' })
          decision(captureSocket(end, socket({ ...facts, responseHeaders })))
        }
      },
    }),
    close() {
      for (const finish of [...openSockets]) finish()
      closed = true
    },
  }
}

function socketEntry(socket: AcceptedSocket & Pick<Exchange, 'endedAt'>, redactor: Redactor): HarEntry {
  const nothing = { size: 0, text: null }
  const rest = { method: 'GET', status: 101, statusText: '', requestBody: nothing, responseBody: nothing, error: null }
  const entry = harEntryOf({ ...socket, ...rest }, redactor)
  const address = entry.request.url.replace(/^http/, 'ws')
  return { ...entry, _resourceType: 'websocket', request: { ...entry.request, url: address } }
}
