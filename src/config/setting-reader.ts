import { inspect } from 'node:util'
import { nearest } from '../domain/wording.ts'
import type { Problem } from '../errors.ts'
import type { ConfigFile } from './config-file.ts'
import { flagOf } from './setting.ts'
import {
  type SettingFallback,
  type SettingName,
  type SettingValue,
  settingRows,
  settingTable,
} from './setting-table.ts'

/** Flags as the command line gave them, in kebab case; nothing about them is trusted. */
export type Flags = Readonly<Record<string, unknown>>

interface Sources {
  readonly flags: Flags
  readonly environment: NodeJS.ProcessEnv
  readonly file: ConfigFile | null
  /** What relative paths of flags and environment are relative to. */
  readonly cwd: string
}

/** Where a value came from: `--width`, `RUNPOD_POD_ID`, `pr.config.yaml:3` or `default`. */
export interface Origin {
  readonly from: 'flag' | 'environment' | 'config' | 'default'
  readonly name: string
}

interface SettingProblem extends Problem {
  readonly from: Origin['from']
}

interface Found extends Origin {
  readonly raw: unknown
  readonly folder: string
  readonly place: { readonly file: string; readonly line?: number }
}

/** The highest source that says something about a setting. An empty environment variable says nothing. */
function findSetting(name: SettingName, sources: Sources): Found | null {
  const row = settingRows.find(([rowName]) => rowName === name)![1]
  const { environment, file, cwd } = sources
  const flag = row.environmentOnly || row.fileOnly ? undefined : sources.flags[flagOf(name, row)]
  if (flag !== undefined) {
    const shown = `--${flagOf(name, row)}`
    return { from: 'flag', name: shown, raw: flag, folder: cwd, place: { file: shown } }
  }
  const variable = row.variable && environment[row.variable]
  if (row.variable && variable) {
    return { from: 'environment', name: row.variable, raw: variable, folder: cwd, place: { file: row.variable } }
  }
  if (!row.environmentOnly && file && Object.hasOwn(file.values, name)) {
    const line = file.line(name)
    const place = line === undefined ? { file: file.name } : { file: file.name, line }
    const shown = line === undefined ? file.name : `${file.name}:${line}`
    return { from: 'config', name: shown, raw: file.values[name], folder: file.folder, place }
  }
  return null
}

/** Reads settings one by one and collects what is wrong instead of stopping at the first. */
export class SettingReader {
  readonly problems: SettingProblem[] = []
  /** What was read so far, under its name. */
  readonly values = new Map<SettingName, { readonly value: unknown; readonly origin: Origin }>()
  readonly #sources: Sources

  constructor(sources: Sources) {
    this.#sources = sources
    this.problems.push(...unknownKeys(sources.file))
  }

  origin(name: SettingName): Origin {
    const found = findSetting(name, this.#sources)
    return found ? { from: found.from, name: found.name } : { from: 'default', name: 'default' }
  }

  /** Where those of some settings that are no defaults were given. */
  places<Name extends SettingName>(names: readonly Name[]): Partial<Record<Name, Found['place']>> {
    const given = names.flatMap((name) => {
      const found = findSetting(name, this.#sources)
      return found ? [[name, found.place] as const] : []
    })
    return Object.fromEntries(given) as Partial<Record<Name, Found['place']>>
  }

  /** The value, or `otherwise` when there is none or it is wrong (then `problems` has grown). */
  value<Name extends SettingName, Else = SettingFallback<Name>>(
    name: Name,
    otherwise: Else = settingTable[name].fallback as Else,
  ): SettingValue<Name> | Else {
    const value = this.#parse<SettingValue<Name>, Else>(name, otherwise)
    this.values.set(name, { value, origin: this.origin(name) })
    return value
  }

  /** Puts a default in the place of a value that turned out not to work. */
  replace(name: SettingName, value: unknown): void {
    this.values.set(name, { value, origin: { from: 'default', name: 'default' } })
  }

  #parse<Value, Else>(name: SettingName, otherwise: Else): Value | Else {
    const row = settingTable[name]
    const found = findSetting(name, this.#sources)
    if (!found) return otherwise
    const isRepeated = Array.isArray(found.raw) && found.from === 'flag' && !row.repeatable
    const parsed = isRepeated ? { wrong: 'must be given once' } : row.parse(found.raw, found.folder)
    if ('value' in parsed) return parsed.value as Value
    this.refuse(name, parsed.wrong, parsed.hint)
    return otherwise
  }

  /** Reports a value that is legal alone but not together with the others. */
  refuse(name: SettingName, wrong: string, hint?: string): void {
    const found = findSetting(name, this.#sources)
    if (!found) return
    const message = found.from === 'config' ? `${name} ${wrong}` : wrong
    const value = settingTable[name].secret
      ? '****'
      : withoutPassword(asJson(found.from === 'flag' ? asGiven(found.raw) : found.raw))
    this.problems.push({ from: found.from, ...found.place, message, value, ...(hint === undefined ? {} : { hint }) })
  }
}

/** What a module may hold and JSON cannot (a bigint, a circle) as text: problems are printed as JSON. */
function asJson(raw: unknown): unknown {
  try {
    return JSON.stringify(raw) === undefined ? inspect(raw) : raw
  } catch {
    return inspect(raw)
  }
}

/** A flag that may be repeated is a list, also where it was given once. */
function asGiven(raw: unknown): unknown {
  return Array.isArray(raw) && raw.length === 1 ? raw[0] : raw
}

/** An address may hold a password, and messages end up in logs. */
function withoutPassword(raw: unknown): unknown {
  if (Array.isArray(raw)) return raw.map(withoutPassword)
  return typeof raw === 'string' ? raw.replace(/\/\/[^/]*@/, '//****@') : raw
}

function unknownKeys(file: ConfigFile | null): SettingProblem[] {
  if (!file) return []
  const known = settingRows.filter(([, row]) => !row.environmentOnly).map(([name]) => name as string)
  return Object.keys(file.values)
    .filter((key) => !known.includes(key))
    .map((key): SettingProblem => {
      const line = file.line(key)
      const hint = hintFor(key, known)
      return {
        from: 'config',
        file: file.name,
        ...(line === undefined ? {} : { line }),
        message: `${key} is not a setting`,
        hint,
      }
    })
}

/** Where what stands in a file belongs instead. */
function hintFor(key: string, known: readonly string[]): string {
  const row = settingRows.find(([name]) => name === key)?.[1]
  if (row?.variable) return `only the environment can set it: ${row.variable}`
  if (ofOneCommand.has(key)) return `it says what one command is to do: give --${flagOf(key)} on the command line`
  const guess = nearest(key, known)
  return guess ? `did you mean ${guess}?` : 'keys are the settings of `pr help settings`: long flags in camel case'
}

/** Flags of `pr --help` that are no settings. */
const ofOneCommand: ReadonlySet<string> = new Set(['plan', 'showSettings'])
