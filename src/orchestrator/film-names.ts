import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { filmName } from '../config/layout.ts'
import type { Plan } from '../domain/plan.ts'
import type { RunState, VideoState } from '../state/run-state.ts'
import { isPlannedAs } from './jobs-to-skip.ts'

/**
 * The file name of each video's film in `finalDir`, by video: the video's name, with the run's name too where another
 * run's film has that. Another run that ends first can still take a name; see `placeFilm`.
 */
export function filmNames(
  finalDir: string,
  runName: string,
  plans: readonly Plan[],
  earlier: RunState | null,
): ReadonlyMap<string, string> {
  return new Map(
    plans.map((plan) => {
      const own = ownFilm(plan, earlier?.videos[plan.videoName])
      const free = filmName(plan.videoName)
      return [plan.videoName, own ?? (existsSync(join(finalDir, free)) ? filmName(plan.videoName, runName) : free)]
    }),
  )
}

/** The name that an earlier part of the run gave to this very film. One that was planned otherwise is another film. */
function ownFilm(plan: Plan, left: VideoState | undefined): string | null {
  return left?.film && isPlannedAs(plan, left.jobIds) ? basename(left.film.path) : null
}
