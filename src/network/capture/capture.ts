import { join } from 'node:path'
import { createRedactor, type Redactor } from '../../recording/redact.ts'
import type { Clock, SimulatedService } from '../../simulators/simulator.ts'
import { captureTraffic } from './capture-traffic.ts'
import { harEntryOf } from './exchange.ts'
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

/** Begins `traffic.har` in a run folder, which must exist. */
export function createCapture({
  folder,
  clock,
  redactor = createRedactor(),
  keepUploads = false,
}: CaptureOptions): Capture {
  const log = openHarLog(join(folder, 'traffic.har'), { format: 1 })
  const readers = [workflowFiles(folder), uploadFiles(folder, redactor)]
  const traffic = captureTraffic({
    folder,
    redactor,
    now: () => clock.now(),
    keepUploads,
    keep(exchange) {
      log.append(harEntryOf(exchange, redactor))
      for (const read of readers) read(exchange)
    },
    keepSocket: ({ entry, frames }) => log.appendSocket(entry, frames),
  })
  return {
    wrap: traffic.wrap,
    async close() {
      traffic.close()
      log[Symbol.dispose]()
    },
  }
}
