import type { Origin, SettingReader } from './setting-reader.ts'
import { type SettingName, settingRows } from './setting-table.ts'

export interface ShownSetting {
  readonly value: string | number | boolean | null | readonly string[]
  readonly origin: Origin
}

/** Every row of the settings table, in its order, with its value as it may be shown: secrets are masked. */
export function shownSettings({ taken }: SettingReader): ReadonlyMap<SettingName, ShownSetting> {
  return new Map(
    settingRows.map(([name, row]) => {
      const { value, origin } = taken.get(name)!
      return [name, { value: shown(value, row.secret === true), origin }]
    }),
  )
}

const MASK = '****'

function shown(value: unknown, isSecret: boolean): ShownSetting['value'] {
  if (value instanceof URL) return value.href
  if (Array.isArray(value)) return value.map(String)
  if (typeof value === 'string') return isSecret ? MASK : value
  if (typeof value !== 'object' || value === null) return value as number | boolean | null
  if ('bucket' in value && 'prefix' in value) return `gs://${[value.bucket, value.prefix].filter(Boolean).join('/')}`
  return Object.entries(value).map(([key, each]) => `${key}: ${isSecret ? MASK : each}`)
}
