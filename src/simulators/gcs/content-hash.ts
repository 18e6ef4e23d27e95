import { createHash } from 'node:crypto'
import { crc32c, crc32cBase64 } from '../../domain/crc32c.ts'

/** What is known of an object's bytes after they went by. Checksums in base64 as in the object resource. */
export interface ContentDigest {
  readonly size: number
  /** null: of an object that was put together from others. */
  readonly md5Hash: string | null
  readonly crc32c: string
  /** null: not kept. */
  readonly bytes: Uint8Array | null
}

/** Takes bytes in order and keeps only their checksums, unless told to keep them too. */
export class ContentHash {
  readonly #md5 = createHash('md5')
  readonly #kept: Uint8Array[] | null
  #crc = 0
  #size = 0

  constructor(keepBytes: boolean) {
    this.#kept = keepBytes ? [] : null
  }

  get size(): number {
    return this.#size
  }

  update(bytes: Uint8Array): void {
    this.#md5.update(bytes)
    this.#crc = crc32c(bytes, this.#crc)
    this.#size += bytes.byteLength
    this.#kept?.push(bytes)
  }

  /** Ends the hash; call it once. */
  digest(): ContentDigest {
    return {
      size: this.#size,
      md5Hash: this.#md5.digest('base64'),
      crc32c: crc32cBase64(this.#crc),
      bytes: this.#kept === null ? null : Buffer.concat(this.#kept),
    }
  }
}
