/** What is done with the strings of JSON. A state belongs to each object and list; it says what is known of the way to it. */
export interface JsonVisitor<State> {
  readonly top: State
  /** The state of an object or list that stands under a name, or (null) in a list. */
  below(state: State, name: string | null): State
  /** What is written in place of a string. `isLink`: it names a node, as the first of two in a list, before a number. */
  string(value: string, state: State, name: string | null, isLink: () => boolean): string
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
  name: string
}

type Awaited = 'value' | 'name' | 'colon' | 'comma'

class Walk<State> {
  readonly #text: string
  readonly #visitor: JsonVisitor<State>
  readonly #open: Array<Open<State>> = []
  #awaited: Awaited = 'value'
  #at = 0
  #out = ''
  /** Up to where the text has been copied to `#out`. */
  #copied = 0
  #values = 0

  constructor(text: string, visitor: JsonVisitor<State>) {
    this.#text = text
    this.#visitor = visitor
  }

  run(): string | null {
    const text = this.#text
    while (this.#at < text.length) {
      const code = text.charCodeAt(this.#at)
      const isSpace = code <= 32 || code === NO_BREAK || code === BOM
      if (isSpace) this.#at += 1
      else if (!this.#token(code)) return null
    }
    return this.#values === 0 ? null : this.#out + text.slice(this.#copied)
  }

  #token(code: number): boolean {
    switch (code) {
      case QUOTE:
        return this.#string()
      case OBJECT:
      case LIST:
        return this.#begin(code === LIST)
      case OBJECT_END:
      case LIST_END:
        return this.#end(code === LIST_END)
      case COMMA:
        return this.#comma()
      case COLON:
        return this.#step('colon', 'value')
      default:
        return this.#word()
    }
  }

  #string(): boolean {
    const start = this.#at
    const end = endOfString(this.#text, start)
    this.#at = end
    const isCut = end > this.#text.length
    const raw = this.#text.slice(start + 1, end - 1)
    const parent = this.#open.at(-1)
    if (this.#awaited === 'name') {
      parent!.name = unescaped(raw)
      this.#awaited = 'colon'
      return true
    }
    if (this.#awaited !== 'value') return false
    this.#done()
    const value = unescaped(raw)
    const state = parent?.state ?? this.#visitor.top
    const left = this.#visitor.string(value, state, parent && !parent.isList ? parent.name : null, this.#isLink)
    if (left !== value) {
      this.#out += this.#text.slice(this.#copied, start) + JSON.stringify(left).slice(0, isCut ? -1 : undefined)
      this.#copied = Math.min(end, this.#text.length)
    }
    return true
  }

  #isLink = (): boolean => {
    link.lastIndex = this.#at
    return this.#open.at(-1)?.isList === true && link.test(this.#text)
  }

  #begin(isList: boolean): boolean {
    if (this.#awaited !== 'value') return false
    const parent = this.#open.at(-1)
    const state = parent
      ? this.#visitor.below(parent.state, parent.isList ? null : parent.name)
      : this.#visitor.below(this.#visitor.top, null)
    this.#open.push({ state, isList, name: '' })
    this.#awaited = isList ? 'value' : 'name'
    this.#at += 1
    return true
  }

  #end(isList: boolean): boolean {
    const isFull = this.#awaited === 'comma' || this.#awaited === (isList ? 'value' : 'name')
    if (this.#open.pop()?.isList !== isList || !isFull) return false
    this.#at += 1
    this.#done()
    return true
  }

  #comma(): boolean {
    const parent = this.#open.at(-1)
    return parent !== undefined && this.#step('comma', parent.isList ? 'value' : 'name')
  }

  #step(from: Awaited, to: Awaited): boolean {
    if (this.#awaited !== from) return false
    this.#awaited = to
    this.#at += 1
    return true
  }

  /** A number, or a word of JSON, JavaScript or Python. */
  #word(): boolean {
    if (this.#awaited !== 'value') return false
    word.lastIndex = this.#at
    if (!word.test(this.#text)) return false
    this.#at = word.lastIndex
    this.#done()
    return true
  }

  #done(): void {
    this.#values += 1
    this.#awaited = this.#open.length > 0 ? 'comma' : 'value'
  }
}

const [QUOTE, OBJECT, OBJECT_END, LIST, LIST_END, COMMA, COLON] = Array.from('"{}[],:', (mark) => mark.charCodeAt(0))
const NO_BREAK = 0xa0
const BOM = 0xfeff
const BACKSLASH = 0x5c
const word =
  /(?:[-+]?(?:\d[\d.]*(?:[eE][-+]?\d+)?|\.\d+|Infinity|NaN|inf|nan)|true|false|null|undefined|None|True|False)(?![\w.])|[-+]?\d[\d.]*[eE]?[-+]?$|[a-zA-Z]{1,8}$/y
const link = /\s*,\s*\d+\s*\]/y

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
