import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Settings } from '../config/settings-types.ts'
import { PromptRunnerError } from '../errors.ts'
import { allRuns, type KnownRun, runsIn } from './known-runs.ts'

/** A run as its files tell of it. */
export type NamedRun = Omit<KnownRun, 'isOutdated'>

/** The run of a folder or of that name, else the last one. Throws PR_USAGE for none, as `command`, and PR_STATE for one whose journal cannot be read. */
export function namedRun(named: string | undefined, settings: Settings, command: string): NamedRun {
  const folder = named === undefined ? null : resolve(settings.dryRun.currentDir, named)
  const isFolder = folder !== null && existsSync(folder)
  const runs: readonly NamedRun[] = isFolder
    ? runsIn(folder).toSorted((a, b) => a.writtenAt - b.writtenAt)
    : allRuns(settings)
  const found = named === undefined || isFolder ? runs.at(-1) : runs.findLast(({ runName }) => runName === named)
  if (found?.problem) throw found.problem
  if (found) return found
  const what = isFolder
    ? `there is no run in ${folder}`
    : named === undefined
      ? 'there is no run'
      : `there is no run ${named}`
  throw new PromptRunnerError('PR_USAGE', `${command}: ${what}`, {
    hint: 'give a run folder or the name of a run; `pr runs` lists the runs of the output directory and the rehearsals',
  })
}
