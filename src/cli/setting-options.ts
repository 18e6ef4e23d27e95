import { flagOf, settingGroups } from '../config/setting.ts'
import { type SettingName, settingRows } from '../config/setting-table.ts'
import type { Option } from './command.ts'

/** The settings table as options, all of it or the named rows, in the table's order. Values stay text: the settings check them. */
export function settingOptions(names?: readonly SettingName[]): Record<string, Option> {
  const options: Record<string, Option> = {}
  for (const [name, row] of settingRows) {
    if (row.environmentOnly || row.fileOnly || (names && !names.includes(name))) continue
    options[flagOf(name, row)] = {
      ...(row.shows === null
        ? { type: 'boolean' }
        : { type: 'string', shows: row.bare ? `[${row.shows}]` : row.shows }),
      ...(row.repeatable ? { array: true } : {}),
      ...(row.bare ? { bare: true } : {}),
      ...('legal' in row.parse ? { legal: row.parse.legal } : {}),
      describe: describe(row),
      group: settingGroups.find((group) => group === row.group)!,
    }
  }
  return options
}

/** The rows that only the environment can set, for the help. */
export function settingVariables(): Array<readonly [name: string, describe: string]> {
  return settingRows.flatMap(([, row]) => (row.environmentOnly ? [[row.variable!, row.describe] as const] : []))
}

function describe(row: (typeof settingRows)[number][1]): string {
  const { describe, fallback, otherwise, variable } = row
  const isShown = typeof fallback === 'string' || typeof fallback === 'number' || fallback instanceof URL
  const facts = [
    ...(variable ? [variable] : []),
    ...(otherwise || isShown ? [`default: ${otherwise ?? String(fallback)}`] : []),
  ]
  return facts.length > 0 ? `${describe} [${facts.join(', ')}]` : describe
}

/** What decides the plan of a film: every row of that group but the GPU, which only an estimate is made for. */
export const planSettings: readonly SettingName[] = settingRows.flatMap(([name, { group }]) =>
  group === 'Plan' && name !== 'gpu' ? [name] : [],
)

/** The workflow templates and the files that they load. */
export const templateSettings = [
  'workflows',
  'highModel',
  'lowModel',
  'highLora',
  'lowLora',
  'textEncoder',
  'vae',
] as const satisfies readonly SettingName[]
