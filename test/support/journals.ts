import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LINE_CHECK } from '../../src/state/journal-line.ts'
import type { Json } from './rehearse.ts'

/** The events in the journals of an output directory, each run's in order. */
export function journals(outputDir: string): Record<string, Json[]> {
  const state = join(outputDir, 'state')
  const names = existsSync(state) ? readdirSync(state).filter((name) => name.endsWith('.jsonl')) : []
  return Object.fromEntries(
    names.toSorted().map((name) => {
      // The last line may be half written.
      const lines = readFileSync(join(state, name), 'utf8').split('\n').slice(0, -1)
      return [name.slice(0, -'.jsonl'.length), lines.map(withoutCheck)]
    }),
  )
}

function withoutCheck(line: string): Json {
  const { [LINE_CHECK]: _, ...event } = JSON.parse(line)
  return event
}

/** The text of a journal as it would be without checksums: an earlier version wrote it so. */
export function unchecked(journal: string): string {
  return journal.replaceAll(new RegExp(`,"${LINE_CHECK}":"[0-9a-f]{8}"(?=}\n)`, 'g'), '')
}

/** What a journal would be if the machine had died before the first event of which `isAfter` is true. */
export function cutJournal(path: string, isAfter: (event: Json) => boolean): void {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  const end = lines.findIndex((line) => isAfter(JSON.parse(line)))
  if (end < 0) throw new Error(`${path} has no such event`)
  const kept = lines.slice(0, end).map((line) => `${line}\n`)
  writeFileSync(path, kept.join(''))
}
