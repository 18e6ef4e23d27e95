import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { HarEntry } from '../../recording/har.ts'
import { createRedactor, type Redactor } from '../../recording/redact.ts'
import type { Clock, SimulatedService } from '../../simulators/simulator.ts'
import { openBufferedFile } from './buffered-file.ts'
import { captureTraffic } from './capture-traffic.ts'
import { type Exchange, harEntryOf } from './exchange.ts'
import { uploadFiles } from './upload-files.ts'
import { workflowFiles } from './workflow-files.ts'

export interface CaptureOptions {
  /** The run folder; `traffic.har`, `bodies/`, `workflows/` and `uploads/` are written in it as things happen. */
  readonly folder: string
  readonly clock: Pick<Clock, 'now'>
  readonly redactor?: Redactor
  /** Told which members of a file lost a secret. */
  readonly note?: (file: string, members: readonly string[]) => void
  /** Keep the bytes of uploads in `bodies/` too; else they are only hashed. */
  readonly keepUploads?: boolean
}

/** Writes down all traffic of the services it wraps, redacted, in the order in which exchanges end. */
export interface Capture extends Disposable {
  wrap(service: SimulatedService): SimulatedService
  /** Completes `traffic.har`, with sockets that are still open. Disposing does, too. */
  close(): void
}

/** Begins `traffic.har` in a run folder, which must exist. */
export function createCapture({
  folder,
  clock,
  redactor = createRedactor(),
  note = () => {},
  keepUploads = false,
}: CaptureOptions): Capture {
  const log = openHarLog(join(folder, 'traffic.har'), { format: 1 })
  const readers = [workflowFiles(folder, note), uploadFiles(folder, redactor)]
  const traffic = captureTraffic({
    folder,
    redactor,
    now: () => clock.now(),
    keepUploads,
    keep(exchange) {
      log.append(harEntryOf(exchange, redactor))
      // That the tokens of other services are taken out goes without saying.
      if (exchange.service === 'comfyui') note('traffic.har', changedIn(exchange))
      for (const read of readers) read(exchange)
    },
    keepSocket: ({ entry, frames }) => log.appendSocket(entry, frames),
  })
  const close = () => {
    traffic.close()
    log[Symbol.dispose]()
  }
  return {
    wrap: traffic.wrap,
    close,
    [Symbol.dispose]: close,
  }
}

/** `POST /prompt: prompt.6.inputs.text` */
function changedIn({ method, url, requestBody, responseBody }: Exchange): string[] {
  const members = [...(requestBody.changed ?? []), ...(responseBody.changed ?? [])]
  return members.map((member) => `${method} ${url.pathname}: ${member || 'text'}`)
}

/** A HAR that grows on disk, one entry a line, and is a complete file all the time, so that a crash leaves one too. */
interface HarLog extends Disposable {
  append(entry: HarEntry): void
  /** A socket, whose frames lie in `frames` as one JSON object a line; the file is removed afterwards. */
  appendSocket(entry: HarEntry, frames: string): void
}

const tail = '\n]}}\n'
const noFrames = '"_webSocketMessages":[]'

/** Begins a HAR at `path`, in place of any file there; `facts` become `log._pr`. */
function openHarLog(path: string, facts: Readonly<Record<string, unknown>>): HarLog {
  const file = openBufferedFile(path, tail)
  let entries = 0
  const separator = () => {
    entries += 1
    return entries === 1 ? '\n' : ',\n'
  }
  const head = { version: '1.2', creator: { name: 'prompt-runner', version: '1' }, _pr: facts }
  file.append(`{"log":${JSON.stringify(head).slice(0, -1)},"entries":[`)
  file.flush()
  return {
    append: (entry) => file.append(separator() + JSON.stringify(entry)),
    appendSocket(entry, frames) {
      const line = JSON.stringify({ ...entry, _webSocketMessages: [] })
      const split = line.lastIndexOf(noFrames) + noFrames.length - 1
      file.append(separator() + line.slice(0, split))
      for (const chunk of joinedLines(frames)) file.appendBytes(chunk)
      file.append(line.slice(split))
      file.flush()
      rmSync(frames)
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  }
}

/** The lines of a file as the elements of a JSON array, a piece at a time. JSON has no raw line ends inside a line. */
function* joinedLines(path: string): Generator<Buffer> {
  const file = openSync(path, 'r')
  const piece = Buffer.alloc(64 * 1024)
  try {
    let left = readSync(file, piece, 0, piece.length, null)
    while (left > 0) {
      const chunk = Buffer.from(piece.subarray(0, left))
      left = readSync(file, piece, 0, piece.length, null)
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) {
        // The last line end closes the array instead of separating.
        chunk[at] = left === 0 && at === chunk.length - 1 ? 32 : 44
      }
      yield chunk
    }
  } finally {
    closeSync(file)
  }
}
