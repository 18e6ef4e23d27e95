import type { Plan } from '../domain/plan.ts'
import { jobsOf } from '../domain/plan.ts'
import type { JobResult } from '../domain/run-event.ts'
import type { VideoState } from '../state/run-state.ts'

/**
 * Jobs of a plan that an earlier part of the run has done, with what they left, by workflow number. A job's id has in it all that it
 * depends on. Whether the files are still there is another question, see `withoutLostFiles`.
 */
export function jobsToSkip(plan: Plan, earlier: VideoState | undefined): ReadonlyMap<number, JobResult> {
  const skipped = new Map<number, JobResult>()
  for (const { workflowNumber, jobId } of jobsOf(plan)) {
    const result = earlier?.done[workflowNumber]
    if (result && earlier?.jobIds[workflowNumber] === jobId) skipped.set(workflowNumber, result)
  }
  return skipped
}

/** Whether an earlier part of the run planned every job of the video as it is now. */
export function isPlannedAs(plan: Plan, jobIds: VideoState['jobIds']): boolean {
  return jobsOf(plan).every((job) => jobIds[job.workflowNumber] === job.jobId)
}
