import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { keepsTo, type Limit, limits, nearestWithin, ruleOf } from '../domain/limits.ts'
import { isFolder } from '../files/folders.ts'
import { isFile } from '../files/read-input.ts'

/** What a parser makes of a raw value: the value, or what would be legal ("must be …"), with a way out where there is one. */
type Parsed<T> = { readonly value: T } | { readonly wrong: string; readonly hint?: string }

/**
 * Reads a raw value: text from flags and environment, anything at all from a configuration file. `folder` is what
 * relative paths are relative to. `Input` is what a configuration file may hold; it exists for `defineConfig` only.
 */
export interface Parser<T, Input = T> {
  (raw: unknown, folder: string): Parsed<T>
  readonly input?: Input
  /** The words that it takes, where these are few. */
  readonly legal?: readonly string[]
}

/** Text that `legal` matches, without space around it; by default any line that is not blank. */
export const text =
  (legal: RegExp = /^[^\p{Cc}]*\S[^\p{Cc}]*$/u, wrong = 'must be text on one line, not empty'): Parser<string> =>
  (raw) =>
    typeof raw === 'string' && legal.test(raw) ? { value: raw.trim() } : { wrong }

/** One of the given words; upper and lower case do not matter. */
export function oneOf<T extends string>(...legal: readonly T[]): Parser<T> {
  const parse: Parser<T> = (raw) => {
    const value = legal.find((one) => one.toLowerCase() === String(raw).toLowerCase())
    return value === undefined ? { wrong: `must be one of ${legal.join(', ')}` } : { value }
  }
  return Object.assign(parse, { legal })
}

/** `true`, `1`, `yes`, `false`, `0`, `no` and nothing at all; never a guess. */
export const truth: Parser<boolean> = (raw) => {
  const word = String(raw).trim().toLowerCase()
  if (['true', '1', 'yes'].includes(word)) return { value: true }
  if (['false', '0', 'no', ''].includes(word)) return { value: false }
  return { wrong: 'must be true, 1, yes, false, 0, no or empty' }
}

/** How NO_COLOR (https://no-color.org) and CI are meant: set to anything that does not say no. */
export const presence: Parser<boolean> = (raw) => ({ value: !['', '0', 'false'].includes(String(raw).toLowerCase()) })

/** A number within a limit. */
export const number =
  (limit: Limit): Parser<number> =>
  (raw) => {
    const value = typeof raw === 'string' && /^-?\d+(\.\d+)?$/.test(raw.trim()) ? Number(raw) : raw
    if (keepsTo(limit, value)) return { value }
    const wrong = `must be ${ruleOf(limit)}`
    if (limit.step !== 16 || typeof value !== 'number' || Number.isNaN(value)) return { wrong }
    return { wrong, hint: `the nearest that the model works on: ${nearestWithin(limit, value).join(' and ')}` }
  }

/** How many times as fast as recorded, or without any waiting. */
export const speed: Parser<number | 'max'> = (raw, folder) => {
  if (String(raw).trim().toLowerCase() === 'max') return { value: 'max' }
  const parsed = number(limits.speed)(raw, folder)
  return 'value' in parsed ? parsed : { wrong: `${parsed.wrong}, or max` }
}

/** A chunk and its seed: `3:335500143`. */
export const chunkSeed: Parser<string> = (raw) => {
  const [, chunk, seed] = /^(\d{1,7}):(\d{1,16})$/.exec(String(raw).trim()) ?? []
  return chunk && keepsTo(limits.totalFrames, Number(chunk)) && keepsTo(limits.seed, Number(seed))
    ? { value: `${Number(chunk)}:${Number(seed)}` }
    : { wrong: 'must be the number of a chunk and its seed, as in 3:335500143' }
}

/** A time of at least a second, in milliseconds. */
export const duration: Parser<number, string> = (raw) => {
  const parts = typeof raw === 'string' ? /^(?=\d)(?:(\d+)h)? ?(?:(\d+)m)? ?(?:(\d+)s)?$/.exec(raw.trim()) : null
  const [hours = 0, minutes = 0, seconds = 0] = parts?.slice(1).map((part) => Number(part ?? 0)) ?? []
  const value = ((hours * 60 + minutes) * 60 + seconds) * 1_000
  return value >= 1_000 && value < 2 ** 31 ? { value } : { wrong: 'must be a time, as in 90s, 10m or 1h 30m' }
}

/** Folders and files are not looked at: they may be made later. */
export const path: Parser<string> = (raw, folder) =>
  typeof raw === 'string' && raw.trim() !== '' && !raw.includes('\0')
    ? { value: resolve(folder, raw) }
    : { wrong: 'must be a path' }

/** A fault as it is typed, or a file of faults; what it says is read when it is to happen. */
export const fault: Parser<string> = (raw, folder) => {
  const parsed = text()(raw, folder)
  if ('wrong' in parsed || !parsed.value.startsWith('@')) return parsed
  const [file = '', name] = parsed.value.slice(1).split('#')
  return { value: `@${resolve(folder, file)}${name === undefined ? '' : `#${name}`}` }
}

/** The path of a folder that is there now. */
export const existingFolder: Parser<string> = (raw, folder) => {
  const parsed = path(raw, folder)
  if ('wrong' in parsed || isFolder(parsed.value)) return parsed
  return { wrong: 'must be a folder that exists' }
}

/** The path of a file that holds a certificate in PEM format. */
export const pemFile: Parser<string> = (raw, folder) => {
  const parsed = path(raw, folder)
  if ('wrong' in parsed) return parsed
  const holds = isFile(parsed.value) && textOf(parsed.value).includes('-----BEGIN CERTIFICATE-----')
  return holds ? parsed : { wrong: 'must be a PEM file with at least one certificate' }
}

/** Empty when it cannot be read. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** One or several; a flag may be repeated, a configuration file may hold one text or a list. */
export const list =
  (each: Parser<string>): Parser<readonly string[], string | readonly string[]> =>
  (raw, folder) => {
    const values: string[] = []
    for (const one of Array.isArray(raw) ? raw : [raw]) {
      const parsed = each(one, folder)
      if ('wrong' in parsed) return parsed
      values.push(parsed.value)
    }
    return { value: values }
  }
