import { innocentEnd } from './evidence.ts'

/** What is done with the strings of JSON. A state belongs to each object and list; it says what is known of the way to it. */
export interface JsonVisitor<State> {
  readonly top: State
  /** The state of an object or list that stands under a name, or (null) in a list. */
  below(state: State, name: string | null): State
  /** Whether names tell nothing from here down: all that is below has this state, and of strings those alone are told that may be secrets. */
  isPlain(state: State): boolean
  /** What is written in place of a string. */
  string(value: string, state: State, name: string | null, at: JsonPlace): string
  /** What is written in place of the name of a member, of those that may be secrets themselves. */
  name(name: string): string
}

/** Where the walk is. */
export interface JsonPlace {
  /** Whether the string names a node, as the first of two in a list, before a number. */
  isLink(): boolean
  /** The names that lead to the string: `prompt.6.inputs.text`. */
  member(): string
  /** What labels the string as `name` or `key`, where that stands behind it in the same object. */
  label(): string | null
}

/**
 * JSON with other strings, everything else as it was written; null for what is none. Takes what servers write and `JSON.parse` does
 * not know: NaN and Infinity, several values in a row, line ends in strings, commas at the end, and an end that was cut off.
 */
export function mapStrings<State>(text: string, visitor: JsonVisitor<State>): string | null {
  return new Walk(text, visitor).run()
}

interface Open<State> {
  readonly state: State
  readonly isList: boolean
  readonly isPlain: boolean
  /** Where the name of the member that is being read begins and ends; most names nobody asks for. */
  nameStart: number
  nameEnd: number
}

type Awaited = 'value' | 'name' | 'colon' | 'comma'

/** One pass over the text. Its length is that of long catalogues, so the way through it is all in here. */
class Walk<State> implements JsonPlace {
  readonly #text: string
  readonly #visitor: JsonVisitor<State>
  readonly #open: Array<Open<State>> = []
  #at = 0
  #out = ''
  /** Up to where the text has been copied to `#out`. */
  #copied = 0

  constructor(text: string, visitor: JsonVisitor<State>) {
    this.#text = text
    this.#visitor = visitor
  }

  run(): string | null {
    const text = this.#text
    const { length } = text
    let awaited: Awaited = 'value'
    let parent: Open<State> | undefined
    let values = 0
    for (let at = 0; at < length; ) {
      const code = text.charCodeAt(at)
      if (code <= SPACE || code === NO_BREAK || code === BOM) {
        at += 1
        continue
      }
      if (code === QUOTE) {
        if (awaited === 'name') {
          at = this.#member(at, parent!)
          awaited = 'colon'
        } else if (awaited === 'value') {
          at = this.#string(at, parent)
          values += 1
          awaited = parent ? 'comma' : 'value'
        } else return null
        continue
      }
      if (code === COLON) {
        if (awaited !== 'colon') return null
        awaited = 'value'
      } else if (code === COMMA) {
        if (awaited !== 'comma') return null
        awaited = parent!.isList ? 'value' : 'name'
      } else if (code === OBJECT || code === LIST) {
        if (awaited !== 'value') return null
        parent = this.#begin(code === LIST, parent)
        awaited = parent.isList ? 'value' : 'name'
      } else if (code === OBJECT_END || code === LIST_END) {
        const isFull: boolean = awaited === 'comma' || awaited === (code === LIST_END ? 'value' : 'name')
        if (!isFull || parent?.isList !== (code === LIST_END)) return null
        this.#open.pop()
        parent = this.#open.at(-1)
        values += 1
        awaited = parent ? 'comma' : 'value'
      } else {
        const end = awaited === 'value' ? endOfDigits(text, at) : at
        if (end > at) {
          values += 1
          awaited = parent ? 'comma' : 'value'
          at = end
          continue
        }
        word.lastIndex = at
        if (awaited !== 'value' || !word.test(text)) return null
        values += 1
        awaited = parent ? 'comma' : 'value'
        at = word.lastIndex
        continue
      }
      at += 1
    }
    return values === 0 && this.#open.length === 0 ? null : this.#out + text.slice(this.#copied)
  }

  isLink(): boolean {
    link.lastIndex = this.#at
    return this.#open.at(-1)?.isList === true && link.test(this.#text)
  }

  member(): string {
    return this.#open
      .filter(({ isList }) => !isList)
      .map((each) => this.#name(each))
      .join('.')
  }

  label(): string | null {
    labelBehind.lastIndex = this.#at
    return labelBehind.exec(this.#text)?.[1] ?? null
  }

  /** Gives where the name ends. */
  #member(start: number, parent: Open<State>): number {
    const text = this.#text
    const end = endOfString(text, start)
    parent.nameStart = start + 1
    parent.nameEnd = end - 1
    if (end - start < SHORTEST_KEY || parent.isPlain || innocentEnd(text, start + 1) >= 0) return end
    const name = unescaped(text.slice(start + 1, end - 1))
    const left = this.#visitor.name(name)
    if (left !== name) this.#write(start, end, left)
    return end
  }

  /** Of the member that is being read; null in a list. */
  #name(open: Open<State> | undefined): string | null {
    return open && !open.isList ? unescaped(this.#text.slice(open.nameStart, open.nameEnd)) : null
  }

  #begin(isList: boolean, parent: Open<State> | undefined): Open<State> {
    const visitor = this.#visitor
    const state = parent?.isPlain ? parent.state : visitor.below(parent?.state ?? visitor.top, this.#name(parent))
    const isPlain = parent?.isPlain === true || visitor.isPlain(state)
    const opened = { state, isList, isPlain, nameStart: 0, nameEnd: 0 }
    this.#open.push(opened)
    return opened
  }

  /** Gives where it ends, which is one beyond the text when the closing quote is missing. */
  #string(start: number, parent: Open<State> | undefined): number {
    const text = this.#text
    if (parent?.isPlain) {
      const innocent = innocentEnd(text, start + 1)
      if (innocent >= 0) return innocent + 1
    }
    const end = endOfString(text, start)
    this.#at = end
    const value = unescaped(text.slice(start + 1, end - 1))
    const left = this.#visitor.string(value, parent?.state ?? this.#visitor.top, this.#name(parent), this)
    if (left !== value) this.#write(start, end, left)
    return end
  }

  #write(start: number, end: number, left: string): void {
    const { length } = this.#text
    this.#out += this.#text.slice(this.#copied, start) + JSON.stringify(left).slice(0, end > length ? -1 : undefined)
    this.#copied = Math.min(end, length)
  }
}

const SPACE = 32
const [QUOTE, OBJECT, OBJECT_END, LIST, LIST_END, COMMA, COLON] = Array.from('"{}[],:', (mark) => mark.charCodeAt(0))
const NO_BREAK = 0xa0
const BOM = 0xfeff
const BACKSLASH = 0x5c
const word =
  /(?:[-+]?(?:\d[\d.]*(?:[eE][-+]?\d+)?|\.\d+|Infinity|NaN|inf|nan)|true|false|null|undefined|None|True|False)(?![\w.])|[-+]?\d[\d.]*[eE]?[-+]?$|[a-zA-Z]{1,8}$/y
/** With its quotes; names are many, and most are shorter. */
const SHORTEST_KEY = 18
const labelBehind =
  /\s*(?:,\s*"[^"\\]*"\s*:\s*(?:"[^"\\]*"|[\w.+-]+)\s*){0,8}?,\s*"(?:name|key|header|variable|field)"\s*:\s*"([^"\\]*)"/iy
const link = /\s*,\s*\d+\s*\]/y

/** Behind a plain number that something follows, as most are; else where it was. */
function endOfDigits(text: string, start: number): number {
  let at = start
  while (text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE) at += 1
  const code = text.charCodeAt(at)
  return code === COMMA || code === OBJECT_END || code === LIST_END ? at : start
}

const ZERO = 48
const NINE = 57

/** Behind the closing quote; one beyond the text when that is missing. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return end + 1
  }
  return text.length + 1
}

/** The string that is meant; what escapes it wrongly is taken as it stands. */
function unescaped(raw: string): string {
  if (!raw.includes('\\')) return raw
  try {
    return JSON.parse(`"${raw.replaceAll(/[\0-\x1f]/g, escapedControl)}"`) as string
  } catch {
    return raw.replaceAll(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  }
}

function escapedControl(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
