import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLayout, journalOf, type Layout, stateDirOf } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import { PromptRunnerError } from '../errors.ts'
import { createRunFolder } from '../report/run-folder.ts'
import type { ChosenRun } from './choose-run.ts'
import type { RedactedFolder } from './redacted-folder.ts'
import type { RunOutput } from './run-host.ts'

/** Makes the folder of a rehearsal. Some folders look as if they could be written to and cannot, like those of /proc. */
export function makeRunFolder({ dryRun }: Settings, startedAt: number, output: RunOutput): string {
  const { tempDir, currentDir } = dryRun
  try {
    return createRunFolder(tempDir, startedAt)
  } catch (error) {
    if (tempDir === currentDir || !(error instanceof PromptRunnerError)) throw error
    output.warn(`${error.message}: the run folder goes to ${currentDir} instead`)
    return createRunFolder(currentDir, startedAt)
  }
}

/** Where the run's own files go instead; the state of an earlier part of the run comes along as a copy. */
export function rebase(
  outputDir: string,
  { runName, earlier }: ChosenRun,
  { folder, files }: { folder: string; files: RedactedFolder },
): Layout {
  const layout = createLayout(join(folder, 'output'), runName, join(folder, 'state'))
  const journal = journalOf(stateDirOf(outputDir), runName)
  if (earlier !== null && existsSync(journal)) {
    writeFileSync(layout.journal, files.redactedLines(layout.journal, readFileSync(journal, 'utf8')))
  }
  return layout
}
