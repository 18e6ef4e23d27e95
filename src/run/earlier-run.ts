import { basename, dirname, join } from 'node:path'
import { journalOf, stateDirOf } from '../config/layout.ts'
import { naturalOrder } from '../domain/natural-order.ts'
import type { RunPlace } from '../report/html/read-run-files.ts'
import { knownRuns } from '../state/state-store.ts'
import { runFoldersIn } from './run-folders.ts'

/** The run of the same kind before this one, rehearsals by their folders and live runs by their journals; null: there is none. */
export async function earlierRun(place: RunPlace): Promise<Earlier | null> {
  return place.folder === null ? earlierLive(place) : earlierRehearsal(place, place.folder)
}

interface Earlier {
  readonly name: string
  readonly place: RunPlace
}

/** The names of run folders tell when their runs began. */
function earlierRehearsal(place: RunPlace, folder: string): Earlier | null {
  const names = runFoldersIn(dirname(folder)).map((path) => basename(path))
  const earlier = names.filter((name) => naturalOrder(name, basename(folder)) < 0)
  for (const name of earlier.toReversed()) {
    const before = join(dirname(folder), name)
    const [run] = knownRuns(stateDirOf(before))
    const journal = run && journalOf(stateDirOf(before), run)
    if (journal) return { name, place: { ...place, folder: before, journal, summary: join(before, 'summary.json') } }
  }
  return null
}

async function earlierLive(place: RunPlace): Promise<Earlier | null> {
  // What reads journals with care is worth loading only for this.
  const { runsIn } = await import('./known-runs.ts')
  const runs = runsIn(dirname(dirname(place.journal)))
  const own = runs.find(({ journal }) => journal === place.journal)
  const before = runs
    .filter(({ dryRun, startedAt }) => !dryRun && startedAt !== null && startedAt < (own?.startedAt ?? 0))
    .toSorted((a, b) => a.startedAt! - b.startedAt!)
    .at(-1)
  return before ? { name: before.runName, place: { ...place, journal: before.journal } } : null
}
