import type { Py } from './py.ts'

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * Characters that Unicode 15 to 17 added: printable for this Node, unassigned and so escaped for Python 3.11 (Unicode 14).
 * Source: `chr(c).isprintable()` of Python 3.11.7 over all code points.
 */
const AFTER_UNICODE_14 = rangesOf(`
  88f 897 c5c cdc cf3 ece 1acf-1add 1ae0-1aeb 1b4e-1b4f 1b7f 1c89-1c8a 20c1 2427-2429 2b96 2ffc-2fff 31e4-31e5
  31ef a7cb-a7cf a7d2 a7d4 a7da-a7dc a7f1 fbc3-fbd2 fd90-fd91 fdc8-fdce 105c0-105f3 10940-10959 10d40-10d65
  10d69-10d85 10d8e-10d8f 10ec2-10ec7 10ed0-10ed8 10efa-10eff 1123f-11241 11380-11389 1138b 1138e 11390-113b5
  113b7-113c0 113c2 113c5 113c7-113ca 113cc-113d5 113d7-113d8 113e1-113e2 116d0-116e3 11b00-11b09 11b60-11b67
  11bc0-11be1 11bf0-11bf9 11db0-11ddb 11de0-11de9 11f00-11f10 11f12-11f3a 11f3e-11f5a 1342f 13440-13455
  13460-143fa 16100-16139 16d40-16d79 16ea0-16eb8 16ebb-16ed3 16ff2-16ff6 187f8-187ff 18cff 18d09-18d1e
  18d80-18df2 1b132 1b155 1cc00-1ccfc 1cd00-1ceb3 1ceba-1ced0 1cee0-1cef0 1d2c0-1d2d3 1df25-1df2a 1e030-1e06d
  1e08f 1e4d0-1e4f9 1e5d0-1e5fa 1e5ff 1e6c0-1e6de 1e6e0-1e6f5 1e6fe-1e6ff 1f6d8 1f6dc 1f774-1f77f 1f7d9
  1f8b2-1f8bb 1f8c0-1f8c1 1f8d0-1f8d8 1fa54-1fa57 1fa75-1fa77 1fa87-1fa8a 1fa8e-1fa8f 1faad-1faaf 1fabb-1fabf
  1fac6 1fac8 1facd-1facf 1fada-1fadc 1fadf 1fae8-1faea 1faef 1faf7-1faf8 1fbcb-1fbef 1fbfa 2b739-2b73f
  2cea2-2cead 2ebf0-2ee5d 31350-33479
`)

/** As the inside of a character class of a regular expression with the u flag. */
function rangesOf(hex: string): string {
  return hex
    .trim()
    .replace(/[0-9a-f]+/g, (code) => `\\u{${code}}`)
    .replace(/\s+/g, '')
}

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

/** Python's `repr(float)`: shortest digits that round trip, always with `.0` or an exponent; `nan`, `inf`, `-inf`. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const [mantissa = '', power = ''] = value.toExponential().split('e')
  const exponent = Number(power)
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  // Between 1e-4 and 1e16 JS writes no exponent either and the same digits.
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}

/** Python's `json.dumps(value)` with its defaults: `", "` and `": "`, ASCII only, floats as `repr`, bare NaN and Infinity. */
export function dumpJson(value: Py): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map(dumpJson).join(', ')}]`
  switch (typeof value) {
    case 'string':
      return dumpString(value)
    case 'number':
      return dumpFloat(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      return `{${Array.from(value, ([key, item]) => `${dumpString(key)}: ${dumpJson(item)}`).join(', ')}}`
  }
}

// JSON.stringify escapes as Python does, except that Python also escapes DEL and everything beyond ASCII.
function dumpString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function dumpFloat(value: number): string {
  if (Number.isFinite(value)) return floatRepr(value)
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? 'Infinity' : '-Infinity'
}
