import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { HarEntry } from '../../recording/har.ts'
import type { Redactor } from '../../recording/redact.ts'
import type { ServiceName, SimulatedService } from '../../simulators/simulator.ts'
import { type BufferedFile, openBufferedFile } from '../capture/buffered-file.ts'
import { captureTraffic } from '../capture/capture-traffic.ts'
import { harEntryOf } from '../capture/exchange.ts'
import { keepMemoryLow } from '../keep-memory-low.ts'
import type { HostTable } from '../safety/host-table.ts'
import { rememberRefusals } from '../safety/refusals.ts'
import { allOrNothing } from '../undo-list.ts'
import { wireEngine } from '../wire/wire.ts'
import { directAgents, forwardingService } from './forward.ts'

/**
 * Puts a recorder between this process's clients and the real servers of the host table; all other hosts are refused. Clients keep
 * their addresses, tokens and certificates' names: the connections are claimed as in a dry run, and made anew behind it.
 */
export function installRecorder(
  options: RawCaptureOptions & {
    readonly hosts: HostTable
    /** PEM text of an own authority. */
    readonly ca: string | null
  },
): Promise<AsyncDisposable> {
  return allOrNothing(async (undo) => {
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
  })
}

export interface RawCaptureOptions {
  /** Gets `raw/<service>.jsonl` with one HAR entry a line, `bodies/`, and the frames of sockets as files of their own. */
  readonly folder: string
  readonly redactor: Redactor
}

/** Traffic written down as it happens; nothing is held in memory, so a body or a socket may be of any size. */
export interface RawCapture extends Disposable {
  wrap(service: SimulatedService): SimulatedService
}

/** Makes the folder `raw`; a file is opened there at a service's first exchange. */
export function openRawCapture({ folder, redactor }: RawCaptureOptions): RawCapture {
  const raw = join(folder, 'raw')
  mkdirSync(raw, { recursive: true })
  const memory = keepMemoryLow()
  const files = new Map<ServiceName, BufferedFile>()
  const append = (service: ServiceName, entry: HarEntry) => {
    let file = files.get(service)
    if (!file) {
      file = openBufferedFile(join(raw, `${service}.jsonl`))
      files.set(service, file)
    }
    file.append(`${JSON.stringify(entry)}\n`)
  }
  const traffic = captureTraffic({
    folder,
    redactor,
    now: preciseNow,
    keepUploads: true,
    keep: (exchange) => append(exchange.service, harEntryOf(exchange, redactor)),
    keepSocket: ({ service, entry, frames }) => append(service, { ...entry, _pr: { ...entry._pr, frames } }),
  })
  return {
    wrap: traffic.wrap,
    [Symbol.dispose]() {
      traffic.close()
      for (const file of files.values()) file[Symbol.dispose]()
      memory[Symbol.dispose]()
    },
  }
}

/** Epoch milliseconds with fractions. */
function preciseNow(): number {
  return performance.timeOrigin + performance.now()
}
