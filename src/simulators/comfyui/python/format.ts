import { AFTER_UNICODE_14 } from './after-unicode-14.ts'
import { floatRepr } from './float-repr.ts'
import type { Py } from './py.ts'

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

// str.isprintable: everything but the categories "other" and "separator", the blank excepted.
const UNPRINTABLE = new RegExp(
  `[\\\\\\p{C}\\p{Zl}\\p{Zp}\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000${AFTER_UNICODE_14}]`,
  'gu',
)

/** Python's `str(value)`. */
export function pyStr(value: Py): string {
  return typeof value === 'string' ? value : pyRepr(value)
}

/** Python's `repr(value)`. */
export function pyRepr(value: Py): string {
  if (value === null) return 'None'
  if (Array.isArray(value)) return `[${value.map(pyRepr).join(', ')}]`
  switch (typeof value) {
    case 'string':
      return stringRepr(value)
    case 'boolean':
      return value ? 'True' : 'False'
    case 'bigint':
      return String(value)
    case 'number':
      return floatRepr(value)
    default:
      return `{${Array.from(value, ([key, item]) => `${stringRepr(key)}: ${pyRepr(item)}`).join(', ')}}`
  }
}

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replace(UNPRINTABLE, (char) => ESCAPED[char] ?? codeEscape(char.codePointAt(0) ?? 0))
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`
}

function codeEscape(code: number): string {
  const hex = code.toString(16)
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
