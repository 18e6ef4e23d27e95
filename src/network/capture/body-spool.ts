import { isUtf8 } from 'node:buffer'
import { createHash, type Hash } from 'node:crypto'
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import type { Redactor } from '../../recording/redact.ts'
import { boundaryOf, MultipartRedactor } from '../../recording/redact-multipart.ts'
import { isText, mayBeText } from '../../recording/text-body.ts'
import { BodyFile } from './body-file.ts'

const KIB = 1024
/** Text up to here stands in the HAR itself; object_info, at half a megabyte, does not. */
export const INLINE_TEXT = 256 * KIB
/** Text beyond this is hashed only: it can be redacted only as a whole. */
export const WHOLE_TEXT = 16 * KIB * KIB

/** A body as the HAR names it, and the text itself while it is small enough to work with. */
export interface SpooledBody {
  readonly size: number
  /** Redacted. null: binary, too long, or not to be read. */
  readonly text: string | null
  /** The members of its JSON that lost a secret. */
  readonly changed?: readonly string[]
  readonly _file?: string
  /** Of the stored file, or of the bytes seen when nothing was stored. */
  readonly _sha256?: string
}

export interface SpoolOptions {
  /** Folder of the HAR; bodies go to `bodies/` in it. null: nothing is stored, only hashed. */
  readonly folder: string | null
  readonly mimeType: string
  /** Of the content, as its header names it; '' for none. What is kept is decoded. */
  readonly encoding: string
  /** Of the address. */
  readonly path: string
  /** Binary bodies are hashed always and kept only when this is set. */
  readonly keepBinary: boolean
  readonly redactor: Redactor
}

/**
 * Takes a body as it flows by: text is collected (and redacted as a whole), anything else goes to disk piece by piece. A body
 * counts as text when it begins as text, whatever it is called; one that cannot be decoded is hashed only.
 */
export class BodySpool {
  readonly #options: SpoolOptions
  readonly #isEncoded: boolean
  #size = 0
  #isText: boolean
  #collected: Uint8Array[] | null
  #hash: Hash | null = null
  /** null: what is no text is hashed only. */
  readonly #file: BodyFile | null
  #multipart: MultipartRedactor | null = null

  constructor(options: SpoolOptions) {
    const { mimeType, encoding, folder, keepBinary, redactor, path } = options
    this.#options = options
    this.#isEncoded = !/^(?:identity)?$/i.test(encoding.trim())
    this.#isText = isText(mimeType)
    // Any will do, where none is named.
    const boundary = boundaryOf(mimeType) ?? (/^multipart\//i.test(mimeType) ? '' : null)
    this.#collected = this.#isText || this.#isEncoded || boundary === null ? [] : null
    this.#file = keepBinary && folder !== null ? new BodyFile(folder) : null
    if (this.#file && boundary !== null) this.#multipart = new MultipartRedactor(boundary, redactor, path)
  }

  add(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    if (this.#size === 0 && this.#collected && !this.#isText && !this.#isEncoded) this.#sniff(chunk)
    this.#size += chunk.byteLength
    if (this.#collected && this.#size <= WHOLE_TEXT) {
      this.#collected.push(chunk)
      return
    }
    this.#hash ??= createHash('sha256')
    for (const earlier of this.#collected ?? []) this.#hash.update(earlier)
    this.#collected = null
    if (this.#isText || this.#isEncoded) this.#hash.update(chunk)
    else for (const bytes of this.#multipart?.add(chunk) ?? [chunk]) this.#store(bytes)
  }

  finish(): SpooledBody {
    if (this.#collected) return this.#finishCollected(Buffer.concat(this.#collected))
    if (!this.#hash) return { size: 0, text: null }
    for (const bytes of this.#multipart?.end() ?? []) this.#store(bytes)
    const sha256 = this.#hash.digest('hex')
    if (!this.#file || this.#file.size === 0) return { size: this.#size, text: null, _sha256: sha256 }
    const _file = `bodies/${sha256}.${binaryExtension(this.#options.mimeType)}`
    this.#file.finish(_file)
    return { size: this.#size, text: null, _file, _sha256: sha256 }
  }

  /** The first bytes of a body decide. */
  #sniff(chunk: Uint8Array): void {
    this.#isText = mayBeText(this.#options.mimeType, chunk) || wideLabel(chunk) !== null
    if (!this.#isText) this.#collected = null
  }

  #finishCollected(bytes: Buffer): SpooledBody {
    const decoded = this.#isEncoded && bytes.length > 0 ? decode(bytes, this.#options.encoding) : bytes
    if (decoded === null) return { size: this.#size, text: null, _sha256: hashOf(bytes) }
    this.#size = decoded.length
    const { mimeType } = this.#options
    const isPlain = isText(mimeType) || mayBeText(mimeType, decoded)
    if ((isPlain && isUtf8(decoded)) || decoded.length === 0) return this.#finishText(decoded.toString('utf8'))
    // Text of another encoding stays what it is, unless there is a secret in it: nobody could write it without.
    if ((isText(mimeType) || wideLabel(decoded) !== null) && this.#hasSecrets(decoded)) {
      return { size: this.#size, text: null, _sha256: hashOf(decoded) }
    }
    this.#collected = null
    this.#hash = createHash('sha256')
    for (const piece of this.#multipart?.add(decoded) ?? [decoded]) this.#store(piece)
    return this.finish()
  }

  #finishText(seen: string): SpooledBody {
    const { folder, redactor, path, mimeType } = this.#options
    const redacted = seen === '' ? { text: '', changed: [] } : redactor.body(seen, { path, mimeType })
    if (redacted === null) return { size: this.#size, text: null, _sha256: hashOf(seen) }
    const { text, changed } = redacted
    if (this.#size <= INLINE_TEXT || folder === null) return { size: this.#size, text, changed }
    const sha256 = hashOf(text)
    const _file = `bodies/${sha256}.${extensionOf(mimeType)}`
    const file = new BodyFile(folder)
    file.add(Buffer.from(text))
    file.finish(_file)
    return { size: this.#size, text, changed, _file, _sha256: sha256 }
  }

  #hasSecrets(bytes: Buffer): boolean {
    const { redactor, path, mimeType } = this.#options
    const text = decodedText(bytes, mimeType)
    return redactor.body(text, { path, mimeType })?.text !== text
  }

  #store(bytes: Uint8Array): void {
    this.#hash?.update(bytes)
    this.#file?.add(bytes)
  }
}

/** null: of an encoding that nobody here knows, broken, or longer than what is looked at as a whole. */
function decode(bytes: Buffer, encoding: string): Buffer | null {
  const decoders: Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer> = {
    gzip: gunzipSync,
    'x-gzip': gunzipSync,
    deflate: inflateSync,
    br: brotliDecompressSync,
    zstd: zstdDecompressSync,
  }
  try {
    return decoders[encoding.trim().toLowerCase()]?.(bytes, { maxOutputLength: WHOLE_TEXT }) ?? null
  } catch {
    return null
  }
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Files with the extension of text are laid out anew. */
function binaryExtension(mimeType: string): string {
  const extension = extensionOf(mimeType)
  return extension === 'json' || extension === 'txt' ? 'bin' : extension
}

/** Of text that begins with the byte order mark of UTF-16. */
function wideLabel([first, second]: Uint8Array): string | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : null
}

/** Text by its label, or as most programs take what has none. */
function decodedText(bytes: Uint8Array, mimeType: string): string {
  const label = /;\s*charset\s*=\s*["']?([\w.:-]+)/i.exec(mimeType)?.[1] ?? wideLabel(bytes) ?? 'latin1'
  try {
    return new TextDecoder(label).decode(bytes)
  } catch {
    return Buffer.from(bytes).toString('latin1')
  }
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
