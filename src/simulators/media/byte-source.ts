import { closeSync, openSync, readSync, statSync } from 'node:fs'

const BLOCK = 64 * 1024
const DISK_BLOCK = 256 * 1024

/** A file that is made when it is read. `size` and offsets in bytes; `end` is exclusive. Reading twice gives the same bytes. */
export interface ByteSource {
  readonly size: number
  /** What the bytes follow from, where that is shorter than the bytes: equal texts mean equal bytes. */
  identity?(): string
  read(start?: number, end?: number): Iterable<Uint8Array>
}

/** A file whose bytes are there already. */
export function fromBytes(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    *read(start = 0, end = bytes.byteLength) {
      yield bytes.subarray(start, end)
    },
  }
}

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

/**
 * A source that is put together when its size or bytes are first asked for. It may be forgotten afterwards and made again, so a server
 * full of files holds only what they are made from.
 */
export function remade(make: () => ByteSource | Uint8Array): ByteSource {
  let size: number | undefined
  let made: WeakRef<ByteSource> | undefined
  const source = () => {
    let there = made?.deref()
    if (!there) {
      const bytes = make()
      there = bytes instanceof Uint8Array ? fromBytes(bytes) : bytes
      made = new WeakRef(there)
    }
    return there
  }
  return {
    get size() {
      size ??= source().size
      return size
    },
    *read(start = 0, end) {
      yield* source().read(start, end)
    },
  }
}

/** A file on disk, read in parts as they are asked for. Throws node's error when there is no such file. */
export function fileSource(path: string): ByteSource {
  const { size } = statSync(path)
  return {
    size,
    *read(start = 0, end = size) {
      const file = openSync(path, 'r')
      try {
        for (let at = start; at < Math.min(end, size); ) {
          const block = Buffer.alloc(Math.min(DISK_BLOCK, Math.min(end, size) - at))
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
