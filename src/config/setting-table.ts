import type { Setting } from './setting.ts'
import { connectionSettings } from './table/connections.ts'
import { runSettings } from './table/run.ts'
import { workSettings } from './table/work.ts'

/** Every setting there is, in the order of the README's table. */
export const settingTable = { ...connectionSettings, ...workSettings, ...runSettings }

export type SettingName = keyof typeof settingTable

export type SettingValue<Name extends SettingName> =
  (typeof settingTable)[Name] extends Setting<infer T, infer _, infer F> ? T | F : never

/** The same rows for code that treats all alike. */
export const settingRows = Object.entries(settingTable) as ReadonlyArray<
  readonly [SettingName, Setting<unknown, unknown, unknown>]
>
