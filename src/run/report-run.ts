import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createLayout } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import { loadTemplates } from '../config/templates.ts'
import { PromptRunnerError } from '../errors.ts'
import type { RunPlace } from '../report/html/read-run-files.ts'
import { allRuns, type KnownRun, runsIn } from './known-runs.ts'
import { livePlace } from './live-place.ts'
import { writtenReport } from './written-report.ts'

type Told = Omit<KnownRun, 'isOutdated'>

/** Makes the page of a run anew, of the last one when none is named. Returns its path. Throws PR_USAGE, PR_STATE and PR_FILE. */
export async function reportRun(named: string | undefined, settings: Settings): Promise<string> {
  const run = chosen(named, settings)
  if (run.problem) throw run.problem
  const { page, place } = placesOf(run, settings)
  const html = await writtenReport(place, () => loadTemplates(settings.workflows)).catch((cause: Error) => {
    if (cause instanceof PromptRunnerError) throw cause
    throw new PromptRunnerError(
      'PR_STATE',
      `The files of ${run.runName} in ${run.folder} are not as they were written: ${cause.message}`,
      {
        hint: 'somebody edited them, or another version wrote them',
        cause,
      },
    )
  })
  try {
    writeFileSync(page, html)
  } catch (cause) {
    throw new PromptRunnerError('PR_FILE', `Writing the report ${page} failed: ${(cause as Error).message}`, { cause })
  }
  return page
}

function chosen(named: string | undefined, settings: Settings): Told {
  const folder = named === undefined ? null : resolve(settings.dryRun.currentDir, named)
  const isFolder = folder !== null && existsSync(folder)
  const runs: readonly Told[] = isFolder
    ? runsIn(folder).toSorted((a, b) => a.writtenAt - b.writtenAt)
    : allRuns(settings)
  const found = named === undefined || isFolder ? runs.at(-1) : runs.findLast(({ runName }) => runName === named)
  if (found) return found
  const what = isFolder
    ? `there is no run in ${folder}`
    : named === undefined
      ? 'there is no run'
      : `there is no run ${named}`
  throw new PromptRunnerError('PR_USAGE', `pr report: ${what}`, {
    hint: 'give a run folder or the name of a run; `pr runs` lists the runs of the output directory and the rehearsals',
  })
}

function placesOf({ dryRun, folder, journal, runName }: Told, settings: Settings): { page: string; place: RunPlace } {
  if (dryRun) {
    const place = { journal, summary: join(folder, 'summary.json'), folder, redact: (text: string) => text }
    return { page: join(folder, 'report.html'), place }
  }
  const layout = createLayout(folder, runName)
  return { page: layout.page, place: livePlace(layout, settings) }
}
