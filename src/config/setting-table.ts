import type { Setting } from './setting.ts'
import { connectionSettings } from './table/connections.ts'
import { runSettings } from './table/run.ts'
import { workSettings } from './table/work.ts'

/** Every setting there is, in the order of the table of `pr help settings`. */
export const settingTable = { ...connectionSettings, ...workSettings, ...runSettings }

export type SettingName = keyof typeof settingTable

type Row<Name extends SettingName> = (typeof settingTable)[Name]

/** What a setting becomes when it is given … */
export type SettingValue<Name extends SettingName> = Row<Name> extends Setting<infer T, infer _, infer __> ? T : never

/** … and when it is not. */
export type SettingFallback<Name extends SettingName> = Row<Name>['fallback']

/** The same rows for code that treats all alike. */
export const settingRows = Object.entries(settingTable) as ReadonlyArray<
  readonly [SettingName, Setting<unknown, unknown, unknown>]
>

type Table = typeof settingTable

type EnvironmentOnly =
  | 'googleCredentials'
  | 'googleProject'
  | 'runpodApiKey'
  | 'dryRunTempDir'
  | 'noColor'
  | 'dumb'
  | 'ci'

/** What `pr.config.{yaml,yml,json,ts}` may hold: the name of any flag in camel case. */
export type Config = {
  readonly [Name in Exclude<keyof Table, EnvironmentOnly>]?: Table[Name] extends Setting<infer _, infer Input, infer __>
    ? Input
    : never
}

/** Gives `pr.config.ts` types: `export default defineConfig({ framesPerChunk: 81 })`. */
export const defineConfig = (config: Config): Config => config
