import { closeSync, openSync, writeSync } from 'node:fs'

/** A text file that only grows, written in few large pieces. What is not yet written is at most `DELAY` old. */
export interface BufferedFile extends Disposable {
  append(text: string): void
  appendBytes(bytes: Uint8Array): void
  flush(): void
}

const DELAY = 100
const PIECE = 64 * 1024

/** `tail` always ends the file on disk and is written over by what comes next. Flushed on exit too, after a crash as well. */
export function openBufferedFile(path: string, tail = ''): BufferedFile {
  const file = openSync(path, 'w')
  let pending = ''
  let end = 0
  let timer: NodeJS.Timeout | null = null
  const flush = () => {
    if (timer) clearTimeout(timer)
    timer = null
    if (pending === '') return
    end += writeSync(file, pending + tail, end) - tail.length
    pending = ''
  }
  atExit.add(flush)
  if (atExit.size === 1) process.on('exit', flushAll)
  return {
    flush,
    append(text) {
      pending += text
      if (pending.length > PIECE) flush()
      else timer ??= setTimeout(flush, DELAY).unref()
    },
    appendBytes(bytes) {
      flush()
      end += writeSync(file, bytes, 0, bytes.length, end)
    },
    [Symbol.dispose]() {
      if (!atExit.delete(flush)) return
      if (atExit.size === 0) process.off('exit', flushAll)
      flush()
      closeSync(file)
    },
  }
}

const atExit = new Set<() => void>()

/** The process ends: what cannot be written now is lost, and was told of when it first failed. */
function flushAll(): void {
  for (const flush of atExit) {
    try {
      flush()
    } catch {}
  }
}
