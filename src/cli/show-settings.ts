import type { LoadedSettings } from '../config/settings.ts'
import type { Output } from './output.ts'

/** One line a setting: name, value, where it came from. Secrets arrive masked. */
export function showSettings(origins: LoadedSettings['origins'], output: Output): void {
  const rows = [...origins].map(([name, { value, origin }]) => [name, valueText(value), origin.name] as const)
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  const { dim } = output.colours
  for (const [name, value, origin] of rows) {
    output.print(`${name.padEnd(widths[0]!)}  ${value.padEnd(widths[1]!)}  ${dim(origin)}`)
  }
  output.result({
    settings: Object.fromEntries(
      [...origins].map(([name, { value, origin }]) => [name, { value, origin: origin.name }]),
    ),
  })
}

function valueText(
  value: LoadedSettings['origins'] extends ReadonlyMap<string, { value: infer V }> ? V : never,
): string {
  if (value === null) return '-'
  if (typeof value === 'object') return value.length === 0 ? '-' : value.join(', ')
  return String(value)
}
