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
  /** Of the member that is being read. */
  name: string
}

type Awaited = 'value' | 'name' | 'colon' | 'comma'

/** One pass over the text. Its length is that of long catalogues, so the way through it is all in here. */
class Walk<State> {
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
        const end = endOfString(text, at)
        if (awaited === 'name') {
          parent!.name = unescaped(text.slice(at + 1, end - 1))
          awaited = 'colon'
        } else if (awaited === 'value') {
          this.#at = end
          this.#string(at, parent)
          values += 1
          awaited = parent ? 'comma' : 'value'
        } else return null
        at = end
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

  #begin(isList: boolean, parent: Open<State> | undefined): Open<State> {
    const { below, top } = this.#visitor
    const name = parent && !parent.isList ? parent.name : null
    const opened = { state: below.call(this.#visitor, parent?.state ?? top, name), isList, name: '' }
    this.#open.push(opened)
    return opened
  }

  /** From `start` up to `#at`, which is one beyond the text when the closing quote is missing. */
  #string(start: number, parent: Open<State> | undefined): void {
    const text = this.#text
    const end = this.#at
    const value = unescaped(text.slice(start + 1, end - 1))
    const name = parent && !parent.isList ? parent.name : null
    const left = this.#visitor.string(value, parent?.state ?? this.#visitor.top, name, this.#isLink)
    if (left === value) return
    this.#out += text.slice(this.#copied, start) + JSON.stringify(left).slice(0, end > text.length ? -1 : undefined)
    this.#copied = Math.min(end, text.length)
  }

  #isLink = (): boolean => {
    link.lastIndex = this.#at
    return this.#open.at(-1)?.isList === true && link.test(this.#text)
  }
}

const SPACE = 32
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
