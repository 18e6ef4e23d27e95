import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLayout } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import { loadTemplates } from '../config/templates.ts'
import { PromptRunnerError } from '../errors.ts'
import type { RunPlace } from '../report/html/read-run-files.ts'
import { livePlace } from './live-place.ts'
import { type NamedRun, namedRun } from './named-run.ts'
import { writtenReport } from './written-report.ts'

/** Makes the page of a run anew, of the last one when none is named. Returns its path. Throws PR_USAGE, PR_STATE and PR_FILE. */
export async function reportRun(named: string | undefined, settings: Settings): Promise<string> {
  const run = namedRun(named, settings, 'pr report')
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

function placesOf(
  { dryRun, folder, journal, runName }: NamedRun,
  settings: Settings,
): { page: string; place: RunPlace } {
  if (dryRun) {
    const place = { journal, summary: join(folder, 'summary.json'), folder, redact: (text: string) => text }
    return { page: join(folder, 'report.html'), place }
  }
  const layout = createLayout(folder, runName)
  return { page: layout.page, place: livePlace(layout, settings) }
}
