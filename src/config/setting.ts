import type { Parser } from './parse-value.ts'

export const settingGroups = [
  'ComfyUI',
  'Storage',
  'Pod',
  'Programs',
  'Prompts',
  'Plan',
  'Templates and models',
  'Run',
  'Dry run',
  'Output',
] as const

/**
 * One row of the settings table. `T` is what it becomes, `Input` what a configuration file may hold, `F` its default.
 * Its name in the table is its key in `pr.config.*`, and its flag is the same name in kebab case.
 */
export interface Setting<T, Input, F> {
  readonly group: (typeof settingGroups)[number]
  readonly describe: string
  /** The value as the help shows it; `null` for a switch. */
  readonly shows: string | null
  /** What the help says when nothing is given. */
  readonly otherwise?: string
  readonly variable?: string
  /** Only the environment can set it: it has no flag and no key. */
  readonly environmentOnly?: true
  /** Only a configuration file can set it: it has no flag. */
  readonly fileOnly?: true
  readonly repeatable?: true
  /** Its flag, where that is not its name: one of several is given at a time. */
  readonly flag?: string
  readonly secret?: true
  /** Its flag may stand without a value, which is then empty text. */
  readonly bare?: true
  readonly parse: Parser<T, Input>
  readonly fallback: F
}

/** Checks a row without widening it. */
export const setting = <T, Input, const F>(row: Setting<T, Input, F>): Setting<T, Input, F> => row

/** `framesPerChunk` → `frames-per-chunk`. */
export const flagOf = (name: string, row: { readonly flag?: string } = {}): string =>
  row.flag ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
