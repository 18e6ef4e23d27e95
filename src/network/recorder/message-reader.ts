import { type Framing, type MessageHead, messageHead } from './message-head.ts'

/** A piece of what one side of a connection sends. All pieces' `raw`, one after the other, are what was sent. */
export type Part =
  | { readonly kind: 'head'; readonly raw: Buffer; readonly head: MessageHead }
  /** `data`: the bytes of the body in it, without those around chunks. */
  | { readonly kind: 'body'; readonly raw: Buffer; readonly data: Buffer }
  | { readonly kind: 'end'; readonly raw: Buffer }
  /** What is not HTTP, or no longer. */
  | { readonly kind: 'other'; readonly raw: Buffer }

type State = 'head' | 'length' | 'until-close' | 'chunk' | 'chunk-data' | 'chunk-end' | 'trailers' | 'other'

/** Beyond this, what has begun like a head is none. */
const LONGEST_HEAD = 1024 * 1024

const NOTHING = Buffer.alloc(0)

/** Takes one side of a connection apart as it flows by. Nothing is judged: what a server takes, it takes too. */
export class MessageReader {
  readonly #framing: (head: MessageHead) => Framing
  #state: State = 'head'
  #left = 0
  #pending: Buffer = NOTHING

  constructor(framing: (head: MessageHead) => Framing) {
    this.#framing = framing
  }

  /** Whether the end of the connection is the end of the message, and not its loss. */
  get endsWithConnection(): boolean {
    return this.#state === 'until-close'
  }

  /** What follows is not HTTP. Gives what was held back until it is understood. */
  tunnel(): Buffer {
    this.#state = 'other'
    return this.#take()
  }

  *read(chunk: Buffer): Generator<Part, void> {
    const held = this.#take()
    let rest = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    while (rest.length > 0) {
      const size = this.#sizeOfNext(rest)
      if (size === null) {
        this.#pending = rest
        return
      }
      const raw = rest.subarray(0, size)
      rest = rest.subarray(size)
      yield* this.#parts(raw)
    }
  }

  #take(): Buffer {
    const held = this.#pending
    this.#pending = NOTHING
    return held
  }

  /** Bytes that can be dealt with now; null: more have to come first. */
  #sizeOfNext(rest: Buffer): number | null {
    if (this.#state === 'length' || this.#state === 'chunk-data') return Math.min(this.#left, rest.length)
    if (this.#state === 'until-close' || this.#state === 'other') return rest.length
    const end = this.#state === 'head' ? endOfHead(rest) : rest.indexOf('\n') + 1
    if (end > 0) return end
    if (rest.length <= LONGEST_HEAD) return null
    this.#state = 'other'
    return rest.length
  }

  *#parts(raw: Buffer): Generator<Part, void> {
    switch (this.#state) {
      case 'head':
        return yield* this.#begin(raw)
      case 'length':
      case 'chunk-data':
        this.#left -= raw.length
        yield { kind: 'body', raw, data: raw }
        if (this.#left > 0) return undefined
        if (this.#state === 'chunk-data') this.#state = 'chunk-end'
        else yield this.#end(NOTHING)
        return undefined
      case 'until-close':
        return yield { kind: 'body', raw, data: raw }
      case 'chunk':
        return yield this.#chunk(raw)
      case 'chunk-end':
        this.#state = 'chunk'
        return yield { kind: 'body', raw, data: NOTHING }
      case 'trailers':
        return yield /^\r?\n$/.test(raw.toString('latin1')) ? this.#end(raw) : { kind: 'body', raw, data: NOTHING }
      default:
        return yield { kind: 'other', raw }
    }
  }

  *#begin(raw: Buffer): Generator<Part, void> {
    const head = messageHead(raw.subarray(leadingLines(raw)))
    if (head === null) {
      this.#state = 'other'
      return yield { kind: 'other', raw }
    }
    const framing = this.#framing(head)
    if (typeof framing === 'object') this.#left = framing.length
    this.#state = stateFor(framing)
    yield { kind: 'head', raw, head }
    if (this.#state === 'head' || (this.#state === 'length' && this.#left === 0)) yield this.#end(NOTHING)
  }

  #chunk(raw: Buffer): Part {
    const size = /^[ \t]*([0-9a-f]{1,13})[ \t]*(?:;|\r?\n)/i.exec(raw.toString('latin1'))?.[1]
    if (size === undefined) {
      this.#state = 'other'
      return { kind: 'other', raw }
    }
    this.#left = Number.parseInt(size, 16)
    this.#state = this.#left === 0 ? 'trailers' : 'chunk-data'
    return { kind: 'body', raw, data: NOTHING }
  }

  #end(raw: Buffer): Part {
    this.#state = 'head'
    return { kind: 'end', raw }
  }
}

function stateFor(framing: Framing): State {
  if (typeof framing === 'object') return 'length'
  const states = { none: 'head', chunked: 'chunk', 'until-close': 'until-close', tunnel: 'other' } as const
  return states[framing]
}

/** After its empty line; 0 while that has not come. */
function endOfHead(rest: Buffer): number {
  const from = leadingLines(rest)
  for (let at = rest.indexOf(10, from); at !== -1; at = rest.indexOf(10, at + 1)) {
    const next = rest[at + 1] === 13 ? at + 2 : at + 1
    if (rest[next] === 10) return next + 1
  }
  return 0
}

/** Some clients end a body with a line that belongs to nothing. */
function leadingLines(raw: Buffer): number {
  let at = 0
  while (raw[at] === 13 || raw[at] === 10) at += 1
  return at
}
