import type { Layout } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import { createRedactor } from '../recording/redact.ts'
import type { RunPlace } from '../report/html/read-run-files.ts'
import { secretsOf } from './secrets-of.ts'

/** Where the files of a live run lie, which are for its owner alone; a page is shown to others, and loses what a run folder would. */
export function livePlace({ journal, summary }: Pick<Layout, 'journal' | 'summary'>, settings: Settings): RunPlace {
  const redactor = createRedactor(secretsOf(settings))
  const redacted = (line: string) =>
    redactor.body(line, { path: '', mimeType: 'application/json' })?.text ?? redactor.text(line)
  return { journal, summary, folder: null, redact: redacted }
}
