import { jobsOf } from '../domain/jobs-of.ts'
import type { Plan } from '../domain/plan-types.ts'
import type { JobResult } from '../domain/run-event.ts'
import { fileCrc32c } from '../files/file-crc32c.ts'
import type { Upload, VideoState } from '../state/run-state.ts'

/** Where a video's objects go: a bucket, and their names in it. */
export interface UploadTarget {
  readonly bucket: string
  readonly names: Readonly<Record<'film' | 'manifest', string>>
}

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

/**
 * The film of this very video, if an earlier part of the run brought it where it was to go: with its manifest to `target` in the
 * bucket, or without one (null) into the local folder. The video may lack its clean-up still.
 */
export async function finishedFilm(
  plan: Plan,
  earlier: VideoState | undefined,
  target: UploadTarget | null,
): Promise<string | null> {
  if (target === null) return earlier?.status === 'finished' ? placedFilm(plan, earlier) : null
  const film = uploaded('film', plan, earlier, target)
  return film && uploaded('manifest', plan, earlier, target) ? film.film : null
}

/** What an earlier part of the run has put at `target` for this very video. */
export function uploaded(
  role: 'film' | 'manifest',
  plan: Plan,
  earlier: VideoState | undefined,
  target: UploadTarget,
): Upload | null {
  const upload = earlier?.uploads[role]
  return upload && isAt(upload, target, role) && isPlannedAs(plan, upload.jobIds) ? upload : null
}

/** The film of this very video, if an earlier part of the run put it into the local folder and it is there as it was. */
export async function placedFilm(plan: Plan, earlier: VideoState | undefined): Promise<string | null> {
  if (!earlier?.film || !isPlannedAs(plan, earlier.jobIds)) return null
  const { path, crc32c } = earlier.film
  return (await fileCrc32c(path).catch(() => null)) === crc32c ? path : null
}

/** Whether an upload went to where this one is to go. */
export function isAt({ object }: Upload, { bucket, names }: UploadTarget, role: 'film' | 'manifest'): boolean {
  return object.bucket === bucket && object.name === names[role]
}

/** Whether an earlier part of the run planned every job of the video as it is now. */
export function isPlannedAs(plan: Plan, jobIds: VideoState['jobIds']): boolean {
  return jobsOf(plan).every((job) => jobIds[job.workflowNumber] === job.jobId)
}
