import { closeSync, openSync, writeSync } from 'node:fs'
import { PromptRunnerError } from '../errors.ts'
import { localIso } from '../report/stamps.ts'
import { printable } from './printable.ts'

/** Lines kept for a log that is attached later; what comes before a run folder exists is far less. */
const BACKLOG = 1_000

/** Writes every line at once, so that a crash loses nothing; until it is attached it remembers what was said. */
export class LogFile {
  #backlog: Array<readonly [label: string, text: string]> = []
  #open: { readonly file: number; readonly now: () => number } | null = null

  /** `now` is the run's clock, epoch milliseconds; the file shows local time. What was said before goes through `redacted`. Throws PR_FILE. */
  attach(path: string, now: () => number, redacted: (text: string) => string): void {
    try {
      this.#open = { file: openSync(path, 'a'), now }
    } catch (cause) {
      throw new PromptRunnerError('PR_FILE', `the log ${path} cannot be written: ${(cause as Error).message}`, {
        cause,
      })
    }
    for (const [label, text] of this.#backlog) this.write(label, redacted(text))
    this.#backlog = []
  }

  write(label: string, text: string): void {
    if (!this.#open) {
      if (this.#backlog.length < BACKLOG) this.#backlog.push([label, text])
      return
    }
    const start = `${localIso(this.#open.now()).replace('T', ' ')} ${label.padEnd(7)} `
    const lines = printable(text).split('\n')
    try {
      writeSync(this.#open.file, lines.map((line) => `${start}${line}`.trimEnd().concat('\n')).join(''))
    } catch (error) {
      // Whoever tells of this writes to the log, too.
      this.close()
      throw error
    }
  }

  close(): void {
    if (this.#open) closeSync(this.#open.file)
    this.#open = null
  }
}
