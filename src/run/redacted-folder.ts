import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { writeJson } from '../files/write-json.ts'
import { maskText } from '../recording/mask-text.ts'
import type { Redactor } from '../recording/redact.ts'
import { redactedLine } from '../state/journal-line.ts'

/** A run folder, whose files all go through one redactor, so that none holds what another hides. */
export interface RedactedFolder {
  /** Writes a value as indented JSON, in place of any file at `path`, and gives its length in bytes. Throws PR_FILE. */
  write(path: string, value: unknown): number
  /** A JSON text as it may be written to `path`, and lines of a journal. */
  redacted(path: string, json: string): string
  redactedLines(path: string, lines: string): string
  /** To be told of files that were redacted elsewhere. */
  note(file: string, members: readonly string[]): void
  /** Goes through what the run itself has written, journal, reports and manifests, and through what films and pictures say of their workflows. */
  settle(): void
  /** Which files have lost something, and where in them. */
  changed(): ChangedFile[]
}

export interface ChangedFile {
  /** Relative to the run folder. */
  readonly file: string
  readonly members: readonly string[]
}

/** Opens the books on what is taken out of a run folder. */
export function redactedFolder(folder: string, redactor: Redactor): RedactedFolder {
  const changes = new Map<string, Set<string>>()
  const note = (file: string, members: readonly string[]) => {
    if (members.length === 0) return
    const known = changes.get(file) ?? new Set()
    changes.set(file, known)
    for (const member of members) known.add(member)
  }
  const redacted = (path: string, text: string): string => {
    const body = redactor.body(text, { path: '', mimeType: 'application/json' })
    // A last line that was torn is no JSON.
    if (body === null) return redactor.text(text)
    note(relative(folder, path), body.changed)
    return body.text
  }
  const redactedLines = (path: string, text: string) =>
    text.replaceAll(/^.+$/gm, (line) => redactedLine(line, (json) => redacted(path, json)))
  return {
    note,
    redactedLines,
    redacted,
    write: (path, value) => writeJson(path, JSON.parse(redacted(path, JSON.stringify(value)))),
    settle() {
      for (const path of ['state', 'output'].flatMap((name) => filesIn(join(folder, name), /\.jsonl?$/))) {
        const seen = readFileSync(path, 'utf8')
        const left = path.endsWith('l') ? redactedLines(path, seen) : redacted(path, seen)
        if (left !== seen) writeFileSync(path, left)
      }
      for (const path of ['bodies', 'output'].flatMap((name) =>
        filesIn(join(folder, name), /\.(?!jsonl?$|txt$)\w+$/),
      )) {
        const seen = readFileSync(path)
        const isMasked = maskText(seen, redactor.text)
        if (isMasked) writeFileSync(path, seen)
        // Most were masked on their way here.
        if (isMasked || seen.includes('{{secret:') || seen.includes('{{redacted:'))
          note(relative(folder, path), ['metadata'])
      }
    },
    changed: () =>
      Array.from(changes, ([file, members]) => ({ file, members: [...members].toSorted() })).toSorted((a, b) =>
        a.file < b.file ? -1 : 1,
      ),
  }
}

function filesIn(folder: string, names: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile() && names.test(item.name))
    .map((item) => join(item.parentPath, item.name))
}
