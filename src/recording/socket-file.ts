import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

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
