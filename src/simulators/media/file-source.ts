import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { ByteSource } from './byte-source.ts'

const BLOCK = 256 * 1024

/** A file on disk, read in parts as they are asked for. Throws node's error when there is no such file. */
export function fileSource(path: string): ByteSource {
  const { size } = statSync(path)
  return {
    size,
    *read(start = 0, end = size) {
      const file = openSync(path, 'r')
      try {
        for (let at = start; at < Math.min(end, size); ) {
          const block = Buffer.alloc(Math.min(BLOCK, Math.min(end, size) - at))
          const length = readSync(file, block, 0, block.length, at)
          if (length === 0) return
          yield block.subarray(0, length)
          at += length
        }
      } finally {
        closeSync(file)
      }
    },
  }
}
