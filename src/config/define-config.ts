import type { Setting } from './setting.ts'
import type { settingTable } from './setting-table.ts'

type Table = typeof settingTable

type EnvironmentOnly = 'googleCredentials' | 'googleProject' | 'runpodApiKey' | 'dryRunTempDir' | 'noColor' | 'ci'

/** What `pr.config.{yaml,yml,json,ts}` may hold: the name of any flag in camel case. */
export type Config = {
  readonly [Name in Exclude<keyof Table, EnvironmentOnly>]?: Table[Name] extends Setting<infer _, infer Input, infer __>
    ? Input
    : never
}

/** Gives `pr.config.ts` types: `export default defineConfig({ framesPerChunk: 81 })`. */
export const defineConfig = (config: Config): Config => config
