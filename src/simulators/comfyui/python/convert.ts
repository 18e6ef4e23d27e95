import { pyRepr } from './format.ts'
import { INT_MAX_STR_DIGITS, tooManyDigits } from './parse.ts'
import { type Py, PythonError, typeName } from './py.ts'

const INTEGER = /^[+-]?[0-9]+(?:_[0-9]+)*$/
const FLOAT = /^[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan)$/i
const ASCII = /^[\x00-\x7f]*$/
const UNICODE_SPACE = /[\s\x85]/u

/** Python 3.11's `int(value)`. Throws its ValueError, OverflowError or TypeError. */
export function pyInt(value: Py): bigint {
  switch (typeof value) {
    case 'bigint':
      return value
    case 'boolean':
      return value ? 1n : 0n
    case 'number':
      if (Number.isNaN(value)) throw new PythonError('ValueError', 'cannot convert float NaN to integer')
      if (!Number.isFinite(value)) throw new PythonError('OverflowError', 'cannot convert float infinity to integer')
      return BigInt(Math.trunc(value))
    case 'string':
      return intFromText(value)
    default:
      throw new PythonError(
        'TypeError',
        `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`,
      )
  }
}

/** Python 3.11's `float(value)`. Throws its ValueError, OverflowError or TypeError. */
export function pyFloat(value: Py): number {
  switch (typeof value) {
    case 'number':
      return value
    case 'boolean':
      return value ? 1 : 0
    case 'bigint': {
      const float = Number(value)
      if (!Number.isFinite(float)) throw new PythonError('OverflowError', 'int too large to convert to float')
      return float
    }
    case 'string':
      return floatFromText(value)
    default:
      throw new PythonError('TypeError', `float() argument must be a string or a real number, not '${typeName(value)}'`)
  }
}

/** Python's `bool(value)`. */
export function pyBool(value: Py): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Map) return value.size > 0
  return Number.isNaN(value) || Boolean(value)
}

function intFromText(text: string): bigint {
  const plain = numberText(text)
  // CPython cuts the quoted value to 200 characters (Objects/longobject.c, "%.200R").
  const invalid = () =>
    new PythonError('ValueError', `invalid literal for int() with base 10: ${[...pyRepr(text)].slice(0, 200).join('')}`)
  if (!INTEGER.test(plain)) throw invalid()
  const digits = plain.replace(/[+_-]/g, '')
  if (digits.length > INT_MAX_STR_DIGITS) throw tooManyDigits(digits.length)
  return plain.startsWith('-') ? -BigInt(digits) : BigInt(digits)
}

function floatFromText(text: string): number {
  const plain = numberText(text).replace(/(?<=[0-9])_(?=[0-9])/g, '')
  if (!FLOAT.test(plain)) throw new PythonError('ValueError', `could not convert string to float: ${pyRepr(text)}`)
  const unsigned = plain.replace(/^[+-]/, '').toLowerCase()
  const size = unsigned.startsWith('inf') ? Number.POSITIVE_INFINITY : Number(unsigned)
  return plain.startsWith('-') ? -size : size
}

/**
 * Without surrounding white space, and digits of any script as ASCII. Of ASCII, only `\t\n\v\f\r` and the blank are space,
 * as in CPython's _PyUnicode_TransformDecimalAndSpaceToASCII.
 */
function numberText(text: string): string {
  const ascii = ASCII.test(text) ? text : Array.from(text, asciiOf).join('')
  return ascii.replace(/^[\t-\r ]+|[\t-\r ]+$/g, '')
}

function asciiOf(char: string): string {
  if (char === '\ufeff' || ASCII.test(char)) return char
  if (UNICODE_SPACE.test(char)) return ' '
  return /\p{Nd}/u.test(char) ? String(digitValue(char.codePointAt(0) ?? 0)) : char
}

/** Every script's decimal digits are a run of ten that starts at zero: count back to where the run of digits starts. */
function digitValue(code: number): number {
  let start = code
  while (/\p{Nd}/u.test(String.fromCodePoint(start - 1))) start -= 1
  return (code - start) % 10
}
