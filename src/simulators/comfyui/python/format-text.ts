import { pyRepr, pyStr } from './format.ts'
import { type Py, PythonError } from './py.ts'

/** Python's `text.format(**values)` for plain fields: `{a}`, `{a!r}`, `{a:>8}`, `{a:.2f}`. Throws a PythonError as Python does. */
export function formatText(text: string, values: ReadonlyMap<string, Py>): string {
  return text.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (found, field: string | undefined) => {
    if (found === '{{' || found === '}}') return found[0]!
    if (field === undefined) {
      const which = found === '{' ? "expected '}' before end of string" : "Single '}' encountered in format string"
      throw new PythonError('ValueError', which)
    }
    const [, name = '', conversion, spec = ''] = /^([^!:]*)(?:!([rsa]))?(?::(.*))?$/s.exec(field) ?? []
    if (name === '' || /^\d+$/.test(name)) {
      throw new PythonError('IndexError', `Replacement index ${name || '0'} out of range for positional args tuple`)
    }
    const value = values.get(name)
    if (value === undefined) throw new PythonError('KeyError', pyRepr(name))
    return formatValue(conversion === 'r' ? pyRepr(value) : conversion ? pyStr(value) : value, spec)
  })
}

const SPEC = /^(?:(.)?([<>^=]))?([+ -]?)(0?)(\d*)(,?)(?:\.(\d+))?([a-z%]?)$/is

function formatValue(value: Py, spec: string): string {
  if (spec === '') return pyStr(value)
  const [, fill = ' ', align, sign = '', zero = '', width = '', comma = '', digits, type = ''] = SPEC.exec(spec) ?? []
  const body = bodyOf(value, { digits, type, comma: comma !== '' })
  const isNumeric = typeof value === 'number' || typeof value === 'bigint'
  const signed = isNumeric && sign === '+' && !body.startsWith('-') ? `+${body}` : body
  const missing = Math.max(0, Number(width) - [...signed].length)
  if (zero && isNumeric && align === undefined) {
    return signed.replace(/^[+-]?/, (mark) => mark + '0'.repeat(missing))
  }
  const side = align ?? (isNumeric ? '>' : '<')
  const before = side === '>' || side === '=' ? missing : side === '^' ? Math.floor(missing / 2) : 0
  return fill.repeat(before) + signed + fill.repeat(missing - before)
}

function bodyOf(
  value: Py,
  { digits, type, comma }: { digits: string | undefined; type: string; comma: boolean },
): string {
  const places = digits === undefined ? undefined : Number(digits)
  if (typeof value === 'string') return places === undefined ? value : [...value].slice(0, places).join('')
  const number = Number(value)
  const plain = (() => {
    switch (type.toLowerCase()) {
      case 'f':
        return number.toFixed(places ?? 6)
      case '%':
        return `${(number * 100).toFixed(places ?? 6)}%`
      case 'x':
        return type === 'X' ? number.toString(16).toUpperCase() : number.toString(16)
      case 'd':
        return String(value)
      default:
        return places === undefined ? pyStr(value) : String(Number(number.toPrecision(places || 1)))
    }
  })()
  return comma ? plain.replace(/\B(?=(\d{3})+(?!\d))/g, ',') : plain
}
