import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { HarEntry } from '../../recording/har.ts'
import type { Redactor } from '../../recording/redact.ts'
import type { ServiceName } from '../../simulators/simulator.ts'
import { type BufferedFile, openBufferedFile } from '../capture/buffered-file.ts'
import { captureTraffic, type TrafficCapture } from '../capture/capture-traffic.ts'
import { harEntryOf } from '../capture/exchange.ts'
import { keepMemoryLow } from '../keep-memory-low.ts'

export interface RawCaptureOptions {
  /** Gets `raw/<service>.jsonl` with one HAR entry a line, `bodies/`, and the frames of sockets as files of their own. */
  readonly folder: string
  readonly redactor: Redactor
}

/** Traffic written down as it happens; nothing is held in memory, so a body or a socket may be of any size. */
export interface RawCapture extends Pick<TrafficCapture, 'wrap' | 'exchange' | 'socket'>, Disposable {}

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
    ...traffic,
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
