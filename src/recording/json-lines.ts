import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import type { HarEntry } from './har.ts'

/** Where an entry lies in a file of one JSON object a line. */
export interface RawLine {
  readonly path: string
  /** Bytes. */
  readonly start: number
  readonly length: number
  /** Epoch milliseconds at which the entry began. */
  readonly startedAt: number
}

/** Where the lines of a file are, and when each entry began; the entries themselves stay on disk. */
export function rawLines(path: string): RawLine[] {
  const lines: RawLine[] = []
  const file = openSync(path, 'r')
  const piece = Buffer.alloc(256 * 1024)
  let start = 0
  let at = 0
  let head = ''
  for (
    let read = readSync(file, piece, 0, piece.length, null);
    read > 0;
    read = readSync(file, piece, 0, piece.length, null)
  ) {
    let from = 0
    for (let end = piece.indexOf(10); end !== -1 && end < read; end = piece.indexOf(10, end + 1)) {
      head += piece.toString('latin1', from, Math.min(end, from + STAMP))
      lines.push({ path, start, length: at + end - start, startedAt: stampOf(head) })
      from = end + 1
      start = at + from
      head = ''
    }
    if (head.length < STAMP) head += piece.toString('latin1', from, Math.min(read, from + STAMP))
    at += read
  }
  closeSync(file)
  return lines
}

/** `{"startedDateTime":"…"` is what each line begins with. */
const STAMP = 60
const stampOf = (head: string) => Date.parse(/"startedDateTime":"([^"]+)"/.exec(head)?.[1] ?? '')

/** Reads one entry from disk. */
export function readRawLine({ path, start, length }: RawLine): HarEntry {
  const file = openSync(path, 'r')
  const bytes = Buffer.alloc(length)
  readSync(file, bytes, 0, length, start)
  closeSync(file)
  return JSON.parse(bytes.toString()) as HarEntry
}

/** Media type of a file that holds the frames of a long socket, one JSON object a line; Playwright keeps all sockets so. */
export const FRAMES_TYPE = 'application/jsonl'

/** The lines of a file, without their ends; a piece of it is in memory at a time. Empty ones are left out. */
export function* linesIn(path: string): Generator<string> {
  const file = openSync(path, 'r')
  const piece = Buffer.alloc(64 * 1024)
  const decoder = new StringDecoder('utf8')
  let rest = ''
  try {
    for (let read = 1; read > 0; ) {
      read = readSync(file, piece, 0, piece.length, null)
      const lines = (rest + decoder.write(piece.subarray(0, read))).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line !== '') yield line
    }
    if (rest !== '') yield rest
  } finally {
    closeSync(file)
  }
}
