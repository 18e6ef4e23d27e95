import { localIso } from '../report/stamps.ts'
import type { KnownRun } from './known-runs.ts'

/** A run in a sentence: `quiet-fox (failed, 5 of 15 jobs done, last heard of 2026-11-30 10:14:00, in output)`. */
export function runText(run: KnownRun): string {
  const { runName, dryRun, condition, jobs, folder } = run
  const kind = dryRun ? 'dry run, ' : ''
  return `${runName} (${kind}${condition}, ${jobs.done} of ${jobs.planned} jobs done, last written ${timeText(run.writtenAt)}, in ${folder})`
}

/** `2026-11-30 10:14:00`, local time. */
export function timeText(at: number): string {
  return localIso(at).slice(0, 19).replace('T', ' ')
}
