import { type Py, type PyDict, PythonError } from './py.ts'

/** Python refuses to read longer integers (sys.get_int_max_str_digits). */
export const INT_MAX_STR_DIGITS = 4300

/** Containers deeper than this end in RecursionError: Python's limit of 1000 frames less what the server's call stack uses. */
const MAX_DEPTH = 950

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y

/**
 * Python's `json.loads(text)`: exact integers, floats apart from integers, NaN and Infinity, duplicate keys (the last value at
 * the first one's place), lone surrogates. Throws a PythonError where Python raises.
 */
export function parseJson(text: string): Py {
  if (text.charCodeAt(0) === 0xfeff) throw decodeError('Unexpected UTF-8 BOM (decode using utf-8-sig)', 0)
  return new Scanner(text).document()
}

class Scanner {
  private at = 0
  private depth = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  document(): Py {
    this.space()
    const value = this.value()
    this.space()
    if (this.at !== this.text.length) throw decodeError('Extra data', this.at)
    return value
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      this.at += 1
    }
  }

  private value(): Py {
    switch (this.text.charCodeAt(this.at)) {
      case 0x22:
        return this.string()
      case 0x7b:
        return this.object()
      case 0x5b:
        return this.array()
      case 0x6e:
        return this.word('null', null)
      case 0x74:
        return this.word('true', true)
      case 0x66:
        return this.word('false', false)
      case 0x4e:
        return this.word('NaN', Number.NaN)
      case 0x49:
        return this.word('Infinity', Number.POSITIVE_INFINITY)
      default:
        return this.number()
    }
  }

  private word<T extends Py>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw decodeError('Expecting value', this.at)
    this.at += word.length
    return value
  }

  private number(): Py {
    NUMBER.lastIndex = this.at
    const found = NUMBER.exec(this.text)
    if (!found) return this.word('-Infinity', Number.NEGATIVE_INFINITY)
    const [digits, fraction, exponent] = found
    this.at += digits.length
    if (fraction !== undefined || exponent !== undefined) return Number(digits)
    const length = digits.startsWith('-') ? digits.length - 1 : digits.length
    if (length > INT_MAX_STR_DIGITS) throw tooManyDigits(length)
    return BigInt(digits)
  }

  private string(): string {
    const { value, end } = scanString(this.text, this.at + 1)
    this.at = end
    return value
  }

  private enter(kind: string): void {
    this.depth += 1
    this.at += 1
    if (this.depth > MAX_DEPTH) {
      throw new PythonError(
        'RecursionError',
        `maximum recursion depth exceeded while decoding a JSON ${kind} from a unicode string`,
      )
    }
    this.space()
  }

  private array(): Py[] {
    this.enter('array')
    const items: Py[] = []
    if (this.text.charCodeAt(this.at) !== 0x5d) {
      do items.push(this.value())
      while (this.more(0x5d))
    }
    this.at += 1
    this.depth -= 1
    return items
  }

  private object(): PyDict {
    this.enter('object')
    const entries: PyDict = new Map()
    if (this.text.charCodeAt(this.at) !== 0x7d) {
      do {
        if (this.text.charCodeAt(this.at) !== 0x22) {
          throw decodeError('Expecting property name enclosed in double quotes', this.at)
        }
        const key = this.string()
        this.space()
        if (this.text.charCodeAt(this.at) !== 0x3a) throw decodeError("Expecting ':' delimiter", this.at)
        this.at += 1
        this.space()
        entries.set(key, this.value())
      } while (this.more(0x7d))
    }
    this.at += 1
    this.depth -= 1
    return entries
  }

  /** After an element: true past a comma, false in front of the closing bracket. */
  private more(close: number): boolean {
    this.space()
    const code = this.text.charCodeAt(this.at)
    if (code === close) return false
    if (code !== 0x2c) throw decodeError("Expecting ',' delimiter", this.at)
    this.at += 1
    this.space()
    return true
  }
}

/** What `int()` and `json.loads` say to an integer text of too many digits. */
export function tooManyDigits(digits: number): PythonError {
  return new PythonError(
    'ValueError',
    `Exceeds the limit (${INT_MAX_STR_DIGITS} digits) for integer string conversion: ` +
      `value has ${digits} digits; use sys.set_int_max_str_digits() to increase the limit`,
  )
}

function decodeError(message: string, at: number): PythonError {
  return new PythonError('json.decoder.JSONDecodeError', `${message}: char ${at}`)
}

const PLAIN = /[^"\\\u0000-\u001f]*/y
const HEX4 = /^[0-9A-Fa-f]{4}$/
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** Reads a JSON string whose opening quote is just before `start`; `end` is the place after the closing quote. */
function scanString(text: string, start: number): { value: string; end: number } {
  let value = ''
  let at = start
  for (;;) {
    PLAIN.lastIndex = at
    PLAIN.test(text)
    value += text.slice(at, PLAIN.lastIndex)
    at = PLAIN.lastIndex
    const stop = text[at]
    if (stop === '"') return { value, end: at + 1 }
    if (stop !== '\\') throw stringError(stop === undefined ? 'Unterminated string' : 'Invalid control character', at)
    const kind = text[at + 1] ?? ''
    if (kind === 'u') {
      const hex = text.slice(at + 2, at + 6)
      if (!HEX4.test(hex)) throw stringError('Invalid \\uXXXX escape', at)
      value += String.fromCharCode(Number.parseInt(hex, 16))
      at += 6
    } else {
      const plain = ESCAPES[kind]
      if (plain === undefined) throw stringError('Invalid \\escape', at)
      value += plain
      at += 2
    }
  }
}

function stringError(message: string, at: number): PythonError {
  return new PythonError('json.decoder.JSONDecodeError', `${message}: char ${at}`)
}
