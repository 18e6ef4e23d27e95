import type { RunFacts } from '../diff/run-facts.ts'
import { reportPage } from '../report/html/page.ts'
import type { RunPlace } from '../report/html/read-run-files.ts'
import type { RunFiles } from '../report/html/run-files.ts'
import { earlierRun } from './earlier-run.ts'
import { type LoadTemplates, pageFacts } from './page-facts.ts'

/** The page of a run, made from the files that lie in its place, and from those of the run before it. */
export async function writtenReport(place: RunPlace, templates: LoadTemplates): Promise<string> {
  const { files, facts } = await pageFacts(place, templates)
  return reportPage({ ...files, differences: await differencesFrom(place, facts, templates) })
}

async function differencesFrom(
  place: RunPlace,
  facts: RunFacts,
  templates: LoadTemplates,
): Promise<RunFiles['differences']> {
  const before = await earlierRun(place)
  if (before === null) return null
  const earlier = await pageFacts(before.place, templates).catch((error: Error) => error)
  // Whatever has become of the files of another run is no reason to say nothing of this one.
  if (earlier instanceof Error) return { from: before.name, lines: [`it cannot be read: ${earlier.message}`] }
  const { diffRuns } = await import('../diff/diff-runs.ts')
  const { diffText } = await import('../diff/diff-text.ts')
  const lines = diffText(diffRuns(earlier.facts, facts, () => null))
  return { from: before.name, lines: JSON.parse(place.redact(JSON.stringify(lines))) }
}
