import { existsSync } from 'node:fs'
import { jobsOf } from '../domain/jobs-of.ts'
import type { Plan } from '../domain/plan-types.ts'
import type { JobResult } from '../domain/run-event.ts'
import type { VideoState } from '../state/run-state.ts'

/** Where an object goes in a bucket. */
export interface ObjectAddress {
  readonly bucket: string
  readonly name: string
}

/**
 * Jobs of a plan that an earlier part of the run has done, with what they left, by workflow number: the same job, and so was all that
 * it depends on. Whether their files are still there is another question, see `withoutLostFiles`.
 */
export function jobsToSkip(plan: Plan, earlier: VideoState | undefined): ReadonlyMap<number, JobResult> {
  const skipped = new Map<number, JobResult>()
  if (!earlier) return skipped
  for (const { workflowNumber, jobId, dependsOn } of jobsOf(plan)) {
    const result = earlier.done[workflowNumber]
    if (!result || earlier.jobIds[workflowNumber] !== jobId) continue
    if (dependsOn.every((number) => skipped.has(number))) skipped.set(workflowNumber, result)
  }
  return skipped
}

/**
 * The local path of the video's film, if an earlier part of the run made it by this very plan and brought it to its
 * end: into the bucket as `target`, with its manifest, or with null into the local folder. Its clean-up may be missing
 * still. Null when there is none.
 */
export function finishedFilm(plan: Plan, earlier: VideoState | undefined, target: ObjectAddress | null): string | null {
  if (!earlier) return null
  if (target === null) {
    const isThere = earlier.status === 'finished' && earlier.film !== null && existsSync(earlier.film)
    return isThere && isPlannedAs(plan, earlier.jobIds) ? earlier.film : null
  }
  const { film, manifest } = earlier.uploads
  const isUploaded =
    film &&
    isAt(film.object, target) &&
    isPlannedAs(plan, film.jobIds) &&
    manifest &&
    isPlannedAs(plan, manifest.jobIds)
  return isUploaded ? film.film : null
}

/** Whether an object has that address. */
export function isAt({ bucket, name }: ObjectAddress, target: ObjectAddress): boolean {
  return bucket === target.bucket && name === target.name
}

/** Whether an earlier part of the run planned every job of the video as it is now. */
export function isPlannedAs(plan: Plan, jobIds: VideoState['jobIds']): boolean {
  return jobsOf(plan).every((job) => jobIds[job.workflowNumber] === job.jobId)
}
