import { existsSync } from 'node:fs'
import { jobsOf } from '../domain/jobs-of.ts'
import type { Plan } from '../domain/plan-types.ts'
import type { JobResult } from '../domain/run-event.ts'
import type { VideoState } from '../state/run-state.ts'

/**
 * Jobs of a plan that need not run again, with what they left, by workflow number: the same job was recorded as done, its
 * local files are still there, and all it depends on is skipped too. Of a finished video that is every job: its intermediate
 * files were cleaned up because nothing needs them any more.
 */
export function jobsToSkip(
  plan: Plan,
  earlier: VideoState | undefined,
  upload: boolean,
): ReadonlyMap<number, JobResult> {
  const skipped = new Map<number, JobResult>()
  if (!earlier) return skipped
  const finished = isFinished(plan, earlier, upload)
  for (const { workflowNumber, jobId, dependsOn } of jobsOf(plan)) {
    const result = earlier.done[workflowNumber]
    if (!result || earlier.jobIds[workflowNumber] !== jobId) continue
    const usable = finished || Object.values(result.files).every((file) => existsSync(file))
    if (usable && dependsOn.every((number) => skipped.has(number))) skipped.set(workflowNumber, result)
  }
  return skipped
}

/**
 * Whether an earlier part of the run finished this very video: planned as it is now, and safe where it was to go, which is
 * the bucket when `upload` is wanted and the local folder when not.
 */
export function isFinished(plan: Plan, earlier: VideoState | undefined, upload: boolean): boolean {
  if (earlier?.status !== 'finished' || earlier.film === null) return false
  const isSafe = upload ? earlier.uploads.film !== undefined : existsSync(earlier.film)
  return isSafe && isSameFilm(plan, earlier)
}

/** Whether an earlier part of the run planned every job of the video as it is now. */
export function isSameFilm(plan: Plan, earlier: VideoState): boolean {
  return jobsOf(plan).every((job) => earlier.jobIds[job.workflowNumber] === job.jobId)
}
