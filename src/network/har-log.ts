import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import type { HarEntry } from '../recording/har.ts'

/** A HAR that grows on disk, one entry a line, and is a complete file after every entry: a crash loses nothing that had ended. */
export interface HarLog extends Disposable {
  append(entry: HarEntry): void
  /** A socket, whose frames lie in `frames` as one JSON object a line; the file is removed afterwards. */
  appendSocket(entry: HarEntry, frames: string): void
}

const tail = '\n]}}\n'
const noFrames = '"_webSocketMessages":[]'

export function openHarLog(path: string, facts: Readonly<Record<string, unknown>>): HarLog {
  const file = openSync(path, 'w')
  let end = 0
  let entries = 0
  const write = (data: string | Uint8Array) => {
    // The two overloads of writeSync take the position in different places.
    end += typeof data === 'string' ? writeSync(file, data, end) : writeSync(file, data, 0, data.length, end)
  }
  const finish = (text: string) => {
    write(text + tail)
    end -= tail.length
  }
  const separator = () => {
    entries += 1
    return entries === 1 ? '\n' : ',\n'
  }
  const head = { version: '1.2', creator: { name: 'prompt-runner', version: '1' }, _pr: facts }
  finish(`{"log":${JSON.stringify(head).slice(0, -1)},"entries":[`)
  return {
    append(entry) {
      finish(separator() + JSON.stringify(entry))
    },
    appendSocket(entry, frames) {
      const line = JSON.stringify({ ...entry, _webSocketMessages: [] })
      const split = line.lastIndexOf(noFrames) + noFrames.length - 1
      write(separator() + line.slice(0, split))
      for (const chunk of joinedLines(frames)) write(chunk)
      finish(line.slice(split))
      rmSync(frames)
    },
    [Symbol.dispose]: () => closeSync(file),
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
