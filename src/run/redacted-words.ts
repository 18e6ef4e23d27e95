import type { Settings } from '../config/settings-types.ts'
import { createRedactor } from '../recording/redact.ts'
import { secretsOf } from './secrets-of.ts'

/** What takes keys out of what a run of these settings says. */
export function wordsRedactor(settings: Settings): (text: string) => string {
  return createRedactor(secretsOf(settings)).text
}

/** Members that hold what somebody has said, among it a key that a server repeats. */
const words: ReadonlySet<string> = new Set(['reason', 'message', 'hint', 'problems', 'warnings'])

/** An event or a summary without keys in what it says. Everything else stays: a resume goes by names, files and digests. */
export function redactedWords<T>(value: T, redact: (text: string) => string): T {
  return changed(value, redact, false) as T
}

function changed(value: unknown, redact: (text: string) => string, isSaid: boolean): unknown {
  if (typeof value === 'string') return isSaid ? redact(value) : value
  if (Array.isArray(value)) return value.map((each) => changed(each, redact, isSaid))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, changed(member, redact, words.has(name))]),
  )
}
