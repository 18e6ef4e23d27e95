import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { journalOf, stateDirOf } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import { naturalOrder } from '../domain/natural-order.ts'
import { PromptRunnerError } from '../errors.ts'
import { isRunFolder } from '../report/run-folder.ts'
import { type RunRecord, recordOf } from '../state/run-record.ts'
import { knownRuns } from '../state/state-store.ts'
import { runFoldersIn } from './run-folders.ts'

/** A run and where it lies. */
export interface KnownRun extends RunRecord {
  /** The output directory, or the run folder of a rehearsal. */
  readonly folder: string
  /** Epoch milliseconds at which its journal was last written. */
  readonly writtenAt: number
  /** Whether it is a rehearsal, and a later one of the same run is done. */
  readonly isOutdated: boolean
}

/** The runs of the output directory, and the rehearsals whose folders lie where a dry run puts them; the latest last. */
export function allRuns({ run, dryRun }: Settings): KnownRun[] {
  const folders = new Set([run.outputDir, ...runFoldersIn(dryRun.tempDir)])
  const runs = [...folders].flatMap(runsIn)
  runs.sort(
    (a, b) => a.writtenAt - b.writtenAt || naturalOrder(a.folder, b.folder) || naturalOrder(a.runName, b.runName),
  )
  return runs.map((run, at) => ({
    ...run,
    isOutdated: runs.slice(at + 1).some((later) => isLaterRehearsal(run, later)),
  }))
}

/** Each rehearsal of a run has a folder of its own, whether it begins or goes on. */
function isLaterRehearsal(run: RunRecord, later: RunRecord): boolean {
  return run.dryRun && later.dryRun && later.runName === run.runName && later.condition === 'done'
}

/**
 * The last run that was not finished: one of the output directory, or in a dry run a rehearsal, too. Throws PR_STATE when there is
 * none.
 */
export function lastUnfinished(settings: Settings): KnownRun {
  const { dryRun, run } = settings
  const runs = allRuns(settings).filter((one) => dryRun.enabled || !one.dryRun)
  const found = runs.findLast(isUnfinished)
  if (found) return found
  const running = runs.findLast(({ condition }) => condition === 'running')
  if (running)
    throw new PromptRunnerError('PR_STATE', `--resume: ${running.runName} in ${running.folder} is in progress`, {
      hint: 'let it end, or stop it, before it is resumed; `pr runs` says which process runs it',
    })
  const where = dryRun.enabled ? `${run.outputDir} and the run folders in ${dryRun.tempDir}` : run.outputDir
  throw new PromptRunnerError('PR_STATE', `--resume: there is no unfinished run in ${where}`, {
    hint: 'give the --output-dir that the run had, or start a new run without --resume; `pr runs` lists what there is',
  })
}

/** Whether a run is there to be gone on with. */
export function isUnfinished({ condition, isOutdated }: KnownRun): boolean {
  return !isOutdated && ['cancelled', 'failed', 'unfinished'].includes(condition)
}

/** The runs whose journals lie in an output directory or a run folder, by their names. */
export function runsIn(folder: string): Array<Omit<KnownRun, 'isOutdated'>> {
  const stateDir = stateDirOf(folder)
  return knownRuns(stateDir).map((name) => {
    const journal = journalOf(stateDir, name)
    const record = recordOf(journal)
    // The journal of a rehearsal that died at its first word does not say what it is of.
    const dryRun = record.dryRun || isRunFolder(basename(folder))
    return { ...record, dryRun, folder, writtenAt: statSync(journal).mtimeMs }
  })
}
