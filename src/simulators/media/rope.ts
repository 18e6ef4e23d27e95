import type { ByteSource } from './byte-source.ts'

const BLOCK = 64 * 1024

/** Bytes one after the other; costs nothing until it is read. */
export function concat(parts: readonly ByteSource[]): ByteSource {
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  return {
    size,
    *read(start = 0, end = size) {
      let offset = 0
      for (const part of parts) {
        const from = Math.max(start - offset, 0)
        const to = Math.min(end - offset, part.size)
        if (from < to) yield* part.read(from, to)
        offset += part.size
        if (offset >= end) return
      }
    },
  }
}

/** `size` bytes of `pattern`, over and over. */
export function repeated(pattern: Uint8Array, size: number): ByteSource {
  return {
    size,
    *read(start = 0, end = size) {
      const to = Math.min(end, size)
      if (start >= to) return
      const copies = Math.min(Math.ceil(BLOCK / pattern.length), Math.ceil((to - start) / pattern.length) + 1)
      const block = Buffer.alloc(copies * pattern.length, pattern)
      for (let at = start; at < to; ) {
        const phase = at % pattern.length
        const length = Math.min(block.length - phase, to - at)
        yield block.subarray(phase, phase + length)
        at += length
      }
    },
  }
}

/** One range of a source as one array; for headers and tests, not for whole videos. */
export function bytesOf(source: ByteSource, start = 0, end: number = source.size): Uint8Array {
  return Buffer.concat([...source.read(start, Math.min(end, source.size))])
}
