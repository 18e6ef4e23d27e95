import { endOfValue } from './exact-json.ts'

/**
 * Takes secrets out of the text in a media file, in place and without moving a byte: what is left of a text is filled up with
 * spaces, or cut. Tells whether there were any.
 */
export function maskText(bytes: Buffer, redact: (text: string) => string): boolean {
  let isChanged = false
  for (const { 0: text, index } of bytes.toString('latin1').matchAll(readable)) {
    for (const { start, seen } of piecesOf(text)) {
      const left = redact(seen)
      if (left === seen) continue
      bytes.write(left.padEnd(seen.length).slice(0, seen.length), index + start, 'latin1')
      isChanged = true
    }
  }
  return isChanged
}

const readable = /[\t\n\r\x20-\x7e]{16,}/g
const begunJson = /[{[](?=\s*["{[])/g

/** JSON by itself: before it may stand what it is called, and behind it whatever of the picture looks like text. */
function piecesOf(text: string): Array<{ start: number; seen: string }> {
  const pieces: Array<{ start: number; seen: string }> = []
  let at = 0
  const upTo = (end: number) => {
    if (end > at) pieces.push({ start: at, seen: text.slice(at, end) })
    at = Math.max(at, end)
  }
  for (const { index } of text.matchAll(begunJson)) {
    if (index < at) continue
    upTo(index)
    upTo(endOfValue(text, index))
  }
  upTo(text.length)
  return pieces
}

/** The same for a file that flows by: a text is held back until it ends, everything else goes on at once. */
export class TextMask {
  readonly #redact: (text: string) => string
  #held: Buffer[] = []
  #size = 0
  /** Of a text that is too long to be held, nothing is left. */
  #isBlanked = false

  constructor(redact: (text: string) => string) {
    this.#redact = redact
  }

  /** What may go on now. */
  add(bytes: Uint8Array): Buffer {
    const piece = Buffer.from(bytes)
    const end = endOfText(piece, 0, 1)
    // All of it is text: it goes on with what is held.
    if (end === piece.length) return this.#hold(piece)
    const start = endOfText(piece, piece.length - 1, -1) + 1
    const left = this.#release(piece.subarray(0, start))
    const tail = this.#hold(piece.subarray(start))
    return tail.length === 0 ? left : Buffer.concat([left, tail])
  }

  /** Nothing more comes. */
  end(): Buffer {
    return this.#release(NOTHING)
  }

  #hold(text: Buffer): Buffer {
    if (this.#isBlanked) return text.fill(SPACE)
    this.#held.push(text)
    this.#size += text.length
    if (this.#size <= LONGEST) return NOTHING
    this.#isBlanked = true
    return Buffer.concat(this.#held.splice(0)).fill(SPACE)
  }

  /** What is held, with the end of that text, and what comes behind it. */
  #release(rest: Buffer): Buffer {
    if (this.#isBlanked) rest.fill(SPACE, 0, endOfText(rest, 0, 1))
    const all = this.#held.length === 0 ? rest : Buffer.concat([...this.#held.splice(0), rest])
    this.#size = 0
    this.#isBlanked = false
    maskText(all, this.#redact)
    return all
  }
}

/** Where the first byte is, from `at` on or back, that is no text; one beyond the bytes when there is none. */
function endOfText(bytes: Buffer, at: number, step: 1 | -1): number {
  let end = at
  while (end >= 0 && end < bytes.length && isReadable(bytes[end]!)) end += step
  return end
}

function isReadable(byte: number): boolean {
  return (byte >= SPACE && byte <= 0x7e) || byte === 9 || byte === 10 || byte === 13
}

const NOTHING = Buffer.alloc(0)
const SPACE = 32
/** As long as a body of text may be to be redacted as a whole. */
const LONGEST = 16 * 1024 * 1024
