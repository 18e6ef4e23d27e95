import { createHash, type Hash, randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Redactor } from '../recording/redact.ts'

const KIB = 1024
/** Text up to here stands in the HAR itself; object_info, at half a megabyte, does not. */
export const INLINE_TEXT = 256 * KIB
/** Text beyond this is hashed only: it can be redacted only as a whole. */
export const WHOLE_TEXT = 16 * KIB * KIB

/** A body as the HAR names it, and the text itself while it is small enough to work with. */
export interface SpooledBody {
  readonly size: number
  /** Redacted. null: binary, or too long. */
  readonly text: string | null
  readonly _file?: string
  /** Of the stored file, or of the bytes seen when nothing was stored. */
  readonly _sha256?: string
}

export interface SpoolOptions {
  /** Folder of the HAR; bodies go to `bodies/` in it. null: nothing is stored, only hashed. */
  readonly folder: string | null
  readonly mimeType: string
  /** Of the address. */
  readonly path: string
  /** Binary bodies are hashed always and kept only when this is set. */
  readonly keepBinary: boolean
  readonly redactor: Redactor
}

/** Takes a body as it flows by: text is collected (and redacted as a whole), anything else goes to disk piece by piece. */
export class BodySpool {
  #options: SpoolOptions
  #size = 0
  #collected: Uint8Array[] | null
  #hash: Hash | null = null
  #part: string | null = null

  constructor(options: SpoolOptions) {
    this.#options = options
    this.#collected = isText(options.mimeType) ? [] : null
  }

  add(chunk: Uint8Array): void {
    this.#size += chunk.byteLength
    if (this.#collected && this.#size <= WHOLE_TEXT) {
      this.#collected.push(chunk)
      return
    }
    this.#hash ??= createHash('sha256')
    for (const earlier of this.#collected ?? []) this.#hash.update(earlier)
    this.#collected = null
    this.#hash.update(chunk)
    const { keepBinary, folder, mimeType } = this.#options
    if (keepBinary && folder !== null && !isText(mimeType)) this.#spill(folder, chunk)
  }

  finish(): SpooledBody {
    if (this.#collected) return this.#finishText(Buffer.concat(this.#collected).toString('utf8'))
    if (!this.#hash) return { size: 0, text: null }
    const sha256 = this.#hash.digest('hex')
    const { folder } = this.#options
    if (this.#part === null || folder === null) return { size: this.#size, text: null, _sha256: sha256 }
    const _file = this.#name(sha256)
    const path = join(folder, _file)
    if (existsSync(path)) rmSync(this.#part)
    else renameSync(this.#part, path)
    return { size: this.#size, text: null, _file, _sha256: sha256 }
  }

  #finishText(seen: string): SpooledBody {
    const { folder, redactor, path } = this.#options
    const text = redactor.text(seen, path)
    if (this.#size <= INLINE_TEXT || folder === null) return { size: this.#size, text }
    const sha256 = createHash('sha256').update(text).digest('hex')
    const _file = this.#name(sha256)
    mkdirSync(join(folder, 'bodies'), { recursive: true })
    writeFileSync(join(folder, _file), text)
    return { size: this.#size, text, _file, _sha256: sha256 }
  }

  #spill(folder: string, chunk: Uint8Array): void {
    if (this.#part === null) {
      mkdirSync(join(folder, 'bodies'), { recursive: true })
      this.#part = join(folder, 'bodies', `.part-${randomUUID()}`)
    }
    appendFileSync(this.#part, chunk)
  }

  #name(sha256: string): string {
    return `bodies/${sha256}.${extensionOf(this.#options.mimeType)}`
  }
}

export function isText(mimeType: string): boolean {
  return /^text\/|json|xml|x-www-form-urlencoded|javascript/i.test(mimeType.split(';')[0] ?? '')
}

function extensionOf(mimeType: string): string {
  const known: Record<string, string> = {
    'video/mp4': 'mp4',
    'image/png': 'png',
    'image/jpeg': 'jpg',
    'image/webp': 'webp',
  }
  const type = mimeType.split(';')[0]?.trim().toLowerCase() ?? ''
  return known[type] ?? (/json/.test(type) ? 'json' : isText(type) ? 'txt' : 'bin')
}
