import { promptId } from '../domain/ids.ts'
import { type Job, jobsOf, type Plan } from '../domain/plan.ts'
import type { JobResult } from '../domain/run-event.ts'
import type { VideoState } from '../state/run-state.ts'

/** Jobs of the plan that are done, whatever became of their files since. */
export function doneJobs(plan: Plan, runId: string, video: VideoState): Map<number, JobResult> {
  return new Map(
    jobsOf(plan).flatMap((job) => {
      const result = video.done[job.workflowNumber]
      return result && isResultOf(job, result, runId, video) ? [[job.workflowNumber, result]] : []
    }),
  )
}

/** Attempts that a job may have had beyond the last one that the journal knows of. */
const UNKNOWN_ATTEMPTS = 3

/**
 * A prompt's id tells its run, job and attempt, so a result is known by it even where lines of the journal are missing or have changed
 * places. Servers that choose ids themselves (before 0.3.45) draw them by lot, as version 4; then the plan before it has to do.
 */
function isResultOf(
  { workflowNumber, jobId, kind }: Job,
  result: JobResult,
  runId: string,
  video: VideoState,
): boolean {
  if (result.kind !== kind) return false
  if (video.taken[workflowNumber] === jobId) return true
  if (result.promptId[14] !== '5') return video.jobIds[workflowNumber] === jobId
  const most = Math.max(0, ...[workflowNumber, jobId].map((key) => video.attempts[key] ?? 0)) + UNKNOWN_ATTEMPTS
  for (let attempt = 1; attempt <= most; attempt += 1)
    if (promptId(runId, jobId, attempt) === result.promptId) return true
  return false
}
