import type { ByteSource } from './byte-source.ts'

/** A source whose bytes are made once, when size or bytes are first asked for. For small files only. */
export function lazy(make: () => Uint8Array): ByteSource {
  let made: Uint8Array | undefined
  const bytes = () => {
    made ??= make()
    return made
  }
  return {
    get size() {
      return bytes().length
    },
    *read(start = 0, end = bytes().length) {
      yield bytes().subarray(start, end)
    },
  }
}
