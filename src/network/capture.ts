import { join } from 'node:path'
import type { HarEntry } from '../recording/har.ts'
import { createRedactor, type Redactor } from '../recording/redact.ts'
import type { Clock, SimulatedService, SocketEnd } from '../simulators/simulator.ts'
import { captureHttp } from './capture-http.ts'
import { captureSocket } from './capture-socket.ts'
import { type Exchange, harEntryOf } from './exchange.ts'
import { openHarLog } from './har-log.ts'
import { uploadFiles } from './upload-files.ts'
import { workflowFiles } from './workflow-files.ts'

export interface CaptureOptions {
  /** The run folder; `traffic.har`, `bodies/`, `workflows/` and `uploads/` are written in it as things happen. */
  readonly folder: string
  readonly clock: Pick<Clock, 'now'>
  readonly redactor?: Redactor
  /** Keep the bytes of uploads in `bodies/` too; else they are only hashed. */
  readonly keepUploads?: boolean
}

/** Writes down all traffic of the services it wraps, redacted, in the order in which exchanges end. */
export interface Capture {
  wrap(service: SimulatedService): SimulatedService
  /** Completes `traffic.har`, with sockets that are still open. */
  close(): Promise<void>
}

export function createCapture({
  folder,
  clock,
  redactor = createRedactor(),
  keepUploads = false,
}: CaptureOptions): Capture {
  const now = () => clock.now()
  const log = openHarLog(join(folder, 'traffic.har'), { format: 1 })
  const readers = [workflowFiles(folder), uploadFiles(folder, redactor)]
  const openSockets = new Set<() => void>()
  let closed = false
  const keep = (exchange: Exchange) => {
    if (closed) return
    log.append(harEntryOf(exchange, redactor))
    for (const read of readers) read(exchange)
  }
  const capturedSocket = (service: SimulatedService, request: Request, real: SocketEnd): SocketEnd => {
    const startedAt = now()
    const finish = () => {
      if (!openSockets.delete(finish)) return
      socket.finish()
      log.appendSocket(socketEntry(service, request, startedAt, now(), redactor), socket.frames)
    }
    const socket = captureSocket(real, { folder, redactor, now }, finish)
    openSockets.add(finish)
    return socket.end
  }
  return {
    wrap: (service) => ({
      name: service.name,
      http: captureHttp(service, { now, keep, keepUploads, spool: { folder, redactor } }),
      upgrade(request) {
        const decision = service.upgrade?.(request) ?? null
        return typeof decision === 'function' ? (end) => decision(capturedSocket(service, request, end)) : decision
      },
    }),
    async close() {
      if (closed) return
      for (const finish of [...openSockets]) finish()
      closed = true
      log[Symbol.dispose]()
    },
  }
}

function socketEntry(
  service: SimulatedService,
  request: Request,
  startedAt: number,
  endedAt: number,
  redactor: Redactor,
): HarEntry {
  const nothing = { size: 0, text: null }
  const entry = harEntryOf(
    {
      service: service.name,
      startedAt,
      endedAt,
      method: 'GET',
      url: new URL(request.url),
      requestHeaders: request.headers,
      requestBody: nothing,
      status: 101,
      statusText: '',
      responseHeaders: new Headers({ connection: 'Upgrade', upgrade: 'websocket' }),
      responseBody: nothing,
      error: null,
    },
    redactor,
  )
  const url = entry.request.url.replace(/^http/, 'ws')
  return { ...entry, _resourceType: 'websocket', request: { ...entry.request, url } }
}
