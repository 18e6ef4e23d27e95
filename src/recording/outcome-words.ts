import type { Problem } from '../errors.ts'
import { recordRedactor } from './record-redactor.ts'
import type { RunOutcomeWords } from './recorded-run.ts'

interface Told {
  readonly exit_code: number
  readonly failures: ReadonlyArray<{
    readonly code: string
    readonly message: string
    readonly problems: ReadonlyArray<Pick<Problem, 'file' | 'message'>>
  }>
}

/** A text without ids and times of day, which are others each time. */
export function withoutIds(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\b\d\d:\d\d:\d\d\.\d{3}\b/g, '<time>')
}

/**
 * What a summary says of a run's end, in the words that are the same each time. `folders` are where the run's own files went, the
 * inner one first: a live run has in one folder what a rehearsal has in two.
 */
export function outcomeWords({ exit_code, failures }: Told, folders: readonly string[]): RunOutcomeWords {
  const redactor = recordRedactor({ known: {} })
  const withoutFolders = (text: string) => folders.reduce((left, folder) => left.replaceAll(folder, '<output>'), text)
  const same = (text: string) => withoutIds(redactor.text(withoutFolders(text)))
  return {
    exit_code,
    failures: failures.map(({ code, message, problems }) => ({
      code,
      message: same(message),
      problems: problems.map(({ file, message: what }) => same(`${file}: ${what}`)),
    })),
  }
}

/** The first words of one outcome that are not those of another; null: they are the same. */
export function otherWords(wanted: RunOutcomeWords, got: RunOutcomeWords): string | null {
  const [before, after] = [linesOf(wanted), linesOf(got)]
  const at = Math.max(before.length, after.length)
  for (let line = 0; line < at; line += 1) {
    if (before[line] !== after[line]) return `${before[line] ?? 'nothing'}\n→ ${after[line] ?? 'nothing'}`
  }
  return null
}

function linesOf({ exit_code, failures }: RunOutcomeWords): string[] {
  return [
    `exit code ${exit_code}`,
    ...failures.flatMap(({ code, message, problems }) => [`${code}: ${message}`, ...problems]),
  ]
}
