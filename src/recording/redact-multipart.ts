import { hashedText, type Redactor } from './redact.ts'
import { placeholder } from './redact-text.ts'
import { isText, mayBeText } from './text-body.ts'

/** Fields of ComfyUI's upload forms; the value of any other one goes. */
const keptFields = new Set(['image', 'type', 'subfolder', 'overwrite', 'original_ref'])

/** A part of text beyond this goes altogether: it can be redacted only as a whole. */
const WHOLE_PART = 16 * 1024 * 1024

interface Part {
  readonly head: string
  /** What was held back of a part of text; null: a file, which flows through. */
  held: Buffer[] | null
  size: number
}

/**
 * Takes secrets out of a multipart body as it flows by. Files stay byte for byte and are never held; fields that no form of the
 * protocol has lose their value, and parts of text are redacted as a whole.
 */
export class MultipartRedactor {
  readonly #delimiter: Buffer
  readonly #redactor: Redactor
  readonly #path: string
  /** The first boundary may lack the line end that stands before all others: it is lent one, which is not passed on. */
  #rest: Buffer = Buffer.from('\r\n')
  #lent = 2
  /** What is before the first part, and behind the last, is text. */
  #part: Part | null = { head: '', held: [], size: 0 }
  #hasParts = false
  #state: 'body' | 'head' | 'end' = 'body'

  constructor(boundary: string, redactor: Redactor, path: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`)
    this.#redactor = redactor
    this.#path = path
  }

  *add(chunk: Uint8Array): Generator<Uint8Array> {
    this.#rest = Buffer.concat([this.#rest, chunk])
    let progress = true
    while (progress) {
      const before = this.#rest.length
      yield* this.#state === 'head'
        ? this.#head()
        : this.#state === 'body'
          ? this.#body()
          : this.#flow(this.#rest.length)
      progress = this.#rest.length < before && this.#rest.length > 0
    }
  }

  *end(): Generator<Uint8Array> {
    // A part that was cut off may be shorter than what is waited for.
    if (this.#state === 'head') yield* this.#head(0)
    // Without the end of its head nobody knows what a part is.
    if (this.#state === 'head') {
      if (this.#rest.length > 0) yield Buffer.from(hashedText(this.#rest.toString('latin1')))
      return
    }
    yield* this.#flow(this.#rest.length)
    yield* this.#closePart()
  }

  *#body(): Generator<Uint8Array> {
    const at = this.#rest.indexOf(this.#delimiter)
    if (at === -1) {
      yield* this.#flow(Math.max(0, this.#rest.length - this.#delimiter.length))
      return
    }
    yield* this.#flow(at)
    yield* this.#closePart(true)
    yield* this.#flow(this.#delimiter.length)
    this.#hasParts = true
    this.#state = 'head'
  }

  *#head(enough = this.#delimiter.length): Generator<Uint8Array> {
    if (this.#rest.subarray(0, 2).toString() === '--') {
      this.#state = 'end'
      this.#part = { head: '', held: [], size: 0 }
      return
    }
    const end = this.#rest.indexOf('\r\n\r\n')
    const next = this.#rest.subarray(end + 4)
    // Until there is enough of the body to see of what kind it is.
    if (end === -1 || next.length < enough) return
    const head = this.#rest.toString('utf8', 0, end)
    this.#rest = next
    this.#state = 'body'
    yield Buffer.from(`${this.#redactor.text(head)}\r\n\r\n`)
    const bodyEnd = next.indexOf(this.#delimiter)
    const body = next.subarray(0, bodyEnd === -1 ? next.length : bodyEnd)
    this.#part = { head, held: isFile(head, body) ? null : [], size: 0 }
  }

  /** Passes on the next `length` bytes, or holds them back. */
  *#flow(length: number): Generator<Uint8Array> {
    if (length === 0) return
    const lent = Math.min(this.#lent, length)
    this.#lent -= lent
    const bytes = this.#rest.subarray(lent, length)
    this.#rest = this.#rest.subarray(length)
    const part = this.#part
    if (!part?.held) {
      yield bytes
      return
    }
    part.size += bytes.length
    if (part.size <= WHOLE_PART) part.held.push(bytes)
  }

  /** Of parts between which the boundary is not found, nobody knows what they are. */
  *#closePart(isSplit = this.#hasParts): Generator<Uint8Array> {
    const part = this.#part
    this.#part = null
    if (!part?.held || part.size === 0) return
    const seen = isSplit ? '' : Buffer.concat(part.held).toString('latin1')
    if (/^content-disposition\s*:/im.test(seen)) {
      yield Buffer.from(hashedText(seen))
      return
    }
    const name = fieldOf(part.head)
    if (name !== null && !keptFields.has(name) && !isNamedFile(part.head)) yield Buffer.from(placeholder(name))
    else if (part.size > WHOLE_PART) yield Buffer.from('{{redacted:part}}')
    else {
      const bytes = Buffer.concat(part.held)
      const text = bytes.toString()
      const kind = { path: this.#path, mimeType: typeOf(part.head) }
      const left = this.#redactor.body(text, kind)?.text ?? hashedText(text)
      yield left === text ? bytes : Buffer.from(left)
    }
  }
}

/** The boundary that a media type names; null when it is not multipart. */
export function boundaryOf(mimeType: string): string | null {
  if (!/^multipart\//i.test(mimeType)) return null
  const [, , quoted, plain] = /;\s*boundary=(?:(["'])([^"']+)\1|([^;\s]+))/i.exec(mimeType) ?? []
  return quoted ?? plain ?? null
}

function isFile(head: string, body: Uint8Array): boolean {
  if (fieldOf(head) !== null && !isNamedFile(head)) return false
  const type = typeOf(head)
  return !isText(type) && !mayBeText(type, body)
}

function typeOf(head: string): string {
  return /^content-type:\s*([^\r\n]*)/im.exec(head)?.[1] ?? ''
}

function fieldOf(head: string): string | null {
  return /[;\s]name="?([^";\r\n]*)/i.exec(head)?.[1] ?? null
}

function isNamedFile(head: string): boolean {
  return /[;\s]filename\*?=/i.test(head)
}
