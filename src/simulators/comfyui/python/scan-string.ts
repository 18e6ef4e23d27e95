import { PythonError } from './python-error.ts'

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
export function scanString(text: string, start: number): { value: string; end: number } {
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
