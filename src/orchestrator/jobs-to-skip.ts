import { existsSync } from 'node:fs'
import { jobsOf } from '../domain/jobs-of.ts'
import type { Plan } from '../domain/plan-types.ts'
import type { JobResult } from '../domain/run-event.ts'
import type { Upload, VideoState } from '../state/run-state.ts'

/** Where a video's objects go: a bucket, and their names in it. */
export interface UploadTarget {
  readonly bucket: string
  readonly names: Readonly<Record<'film' | 'manifest', string>>
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
 * The film of this very video, if an earlier part of the run brought it where it was to go: with its manifest to `target` in the
 * bucket, or without one (null) into the local folder. The video may lack its clean-up still.
 */
export function finishedFilm(plan: Plan, earlier: VideoState | undefined, target: UploadTarget | null): string | null {
  if (!earlier) return null
  if (target === null) return earlier.status === 'finished' ? placedFilm(plan, earlier) : null
  const { film, manifest } = earlier.uploads
  const isThere = film && manifest && isAt(film, target, 'film') && isAt(manifest, target, 'manifest')
  return isThere && [film, manifest].every(({ jobIds }) => isPlannedAs(plan, jobIds)) ? film.film : null
}

/** The film of this very video, if an earlier part of the run put it into the local folder and it is still there. */
export function placedFilm(plan: Plan, earlier: VideoState | undefined): string | null {
  if (!earlier?.film || !existsSync(earlier.film)) return null
  return isPlannedAs(plan, earlier.jobIds) ? earlier.film : null
}

/** Whether an upload went to where this one is to go. */
export function isAt({ object }: Upload, { bucket, names }: UploadTarget, role: 'film' | 'manifest'): boolean {
  return object.bucket === bucket && object.name === names[role]
}

/** Whether an earlier part of the run planned every job of the video as it is now. */
export function isPlannedAs(plan: Plan, jobIds: VideoState['jobIds']): boolean {
  return jobsOf(plan).every((job) => jobIds[job.workflowNumber] === job.jobId)
}
