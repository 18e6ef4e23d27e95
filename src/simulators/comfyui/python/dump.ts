import { floatRepr } from './format.ts'
import type { Py } from './py.ts'

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
