import type { Plan } from '../domain/plan.ts'
import type { StoredObject } from '../domain/run-event.ts'
import { fileCrc32c } from '../files/file-crc32c.ts'
import type { Upload, VideoState } from '../state/run-state.ts'
import { isPlannedAs } from './jobs-to-skip.ts'

/** Where a video's objects go: a bucket, and their names in it. */
export interface UploadTarget {
  readonly bucket: string
  readonly names: Readonly<Record<'film' | 'manifest', string>>
}

/** How far an earlier part of the run has come with a film, whose path is `film`. */
export type MadeFilm =
  /** It is where it was to go, with its manifest if that is a bucket. Its clean-up may lack still. */
  | { readonly kind: 'finished'; readonly film: string; readonly object: StoredObject | null }
  /** It is in the bucket, and its manifest is not. */
  | { readonly kind: 'uploaded'; readonly film: string; readonly object: StoredObject }
  /** It lies in the local folder. */
  | { readonly kind: 'placed'; readonly film: string }
  | { readonly kind: 'none' }

/** What there is of the film of this very video; `target` null: it is to stay in the local folder. */
export async function madeFilm(
  plan: Plan,
  earlier: VideoState | undefined,
  target: UploadTarget | null,
): Promise<MadeFilm> {
  const upload = target && uploaded('film', plan, earlier, target)
  if (target && upload?.film) {
    const kind = uploaded('manifest', plan, earlier, target) ? 'finished' : 'uploaded'
    return { kind, film: upload.film, object: upload.object }
  }
  const film = await placedFilm(plan, earlier)
  if (film === null) return { kind: 'none' }
  return target === null && earlier?.status === 'finished'
    ? { kind: 'finished', film, object: null }
    : { kind: 'placed', film }
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

/** Whether an upload went to where this one is to go. */
export function isAt({ object }: Upload, { bucket, names }: UploadTarget, role: 'film' | 'manifest'): boolean {
  return object.bucket === bucket && object.name === names[role]
}

/** The film in the local folder, if it is there as it was put there: somebody may have changed or replaced it. */
async function placedFilm(plan: Plan, earlier: VideoState | undefined): Promise<string | null> {
  if (!earlier?.film || !isPlannedAs(plan, earlier.jobIds)) return null
  const { path, crc32c } = earlier.film
  return (await fileCrc32c(path).catch(() => null)) === crc32c ? path : null
}
