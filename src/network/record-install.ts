import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { HarEntry } from '../recording/har.ts'
import type { Redactor } from '../recording/redact.ts'
import type { ServiceName, SimulatedService, SocketEnd } from '../simulators/simulator.ts'
import { type BufferedFile, openBufferedFile } from './buffered-file.ts'
import { captureHttp } from './capture-http.ts'
import { captureSocket } from './capture-socket.ts'
import { harEntryOf } from './exchange.ts'
import type { HostTable } from './host-table.ts'
import { directAgents } from './record-direct.ts'
import { forwardingService } from './record-forward.ts'
import { rememberRefusals } from './refusals.ts'
import { createUndoList } from './undo-list.ts'
import { wireEngine } from './wire.ts'

export interface RawCaptureOptions {
  /** Gets `raw/<service>.jsonl` with one HAR entry a line, `bodies/`, and the frames of sockets as files of their own. */
  readonly folder: string
  readonly redactor: Redactor
}

/** Traffic written down as it happens; nothing is held in memory, so a body or a socket may be of any size. */
export interface RawCapture extends Disposable {
  wrap(service: SimulatedService): SimulatedService
}

export function openRawCapture({ folder, redactor }: RawCaptureOptions): RawCapture {
  const raw = join(folder, 'raw')
  mkdirSync(raw, { recursive: true })
  const files = new Map<ServiceName, BufferedFile>()
  const openSockets = new Set<() => void>()
  let closed = false
  const append = (service: ServiceName, entry: HarEntry) => {
    if (closed) return
    let file = files.get(service)
    if (!file) {
      file = openBufferedFile(join(raw, `${service}.jsonl`))
      files.set(service, file)
    }
    file.append(`${JSON.stringify(entry)}\n`)
  }
  const captured = (service: SimulatedService, request: Request, real: SocketEnd): SocketEnd => {
    const startedAt = preciseNow()
    const finish = () => {
      if (!openSockets.delete(finish)) return
      socket.finish()
      append(service.name, socketEntry(service, request, { startedAt, frames: socket.frames, redactor }))
    }
    const socket = captureSocket(real, { folder, redactor, now: preciseNow }, finish)
    openSockets.add(finish)
    return { ...socket.end, ...(real.onPing ? { onPing: real.onPing.bind(real) } : {}) }
  }
  return {
    wrap: (service) => ({
      name: service.name,
      http: captureHttp(service, {
        now: preciseNow,
        spool: { folder, redactor },
        keepUploads: true,
        keep: (exchange) => append(service.name, harEntryOf(exchange, redactor)),
      }),
      upgrade(request) {
        const decision = service.upgrade?.(request) ?? null
        return typeof decision === 'function' ? (end) => decision(captured(service, request, end)) : decision
      },
    }),
    [Symbol.dispose]() {
      for (const finish of [...openSockets]) finish()
      closed = true
      for (const file of files.values()) file[Symbol.dispose]()
    },
  }
}

/**
 * Puts a recorder between this process's clients and the real servers of the host table; all other hosts are refused. Clients keep
 * their addresses, tokens and certificates' names: the connections are claimed as in a dry run, and made anew behind it.
 */
export async function installRecorder(
  options: RawCaptureOptions & {
    readonly hosts: HostTable /** PEM text of an own authority. */
    readonly ca: string | null
  },
): Promise<AsyncDisposable> {
  const undo = createUndoList()
  const agents = undo.use(directAgents(options.ca))
  const capture = undo.use(openRawCapture(options))
  const services = new Map<ServiceName, SimulatedService>()
  const serviceAt = (authority: string) => {
    const name = options.hosts.serviceAt(authority)
    if (name === null) return null
    const service = services.get(name) ?? capture.wrap(forwardingService({ name, agents, upstream: null }))
    services.set(name, service)
    return service
  }
  const { refuse } = rememberRefusals()
  undo.use(await wireEngine({ serviceAt, comfyuiUrl: options.hosts.comfyuiUrl, refuse }))
  return undo
}

/** Epoch milliseconds with fractions. */
function preciseNow(): number {
  return performance.timeOrigin + performance.now()
}

function socketEntry(
  { name }: SimulatedService,
  { url, headers }: Request,
  { startedAt, frames, redactor }: { startedAt: number; frames: string; redactor: Redactor },
): HarEntry {
  const nothing = { size: 0, text: null }
  const entry = harEntryOf(
    {
      service: name,
      startedAt,
      endedAt: preciseNow(),
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
  return {
    ...entry,
    _resourceType: 'websocket',
    request: { ...entry.request, url: address },
    _pr: { ...entry._pr, frames },
  }
}
