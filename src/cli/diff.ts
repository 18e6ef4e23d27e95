import { existsSync } from 'node:fs'
import type { Settings } from '../config/settings-types.ts'
import { loadTemplates } from '../config/templates.ts'
import type { RunFacts } from '../diff/run-facts.ts'
import { PromptRunnerError } from '../errors.ts'
import { journalFacts } from '../run/journal-facts.ts'
import { allRuns, type KnownRun } from '../run/known-runs.ts'
import { runText } from '../run/runs-text.ts'
import type { Output } from './output.ts'

/** Something to compare: what holds traffic, by its path or name, or what a live run's journal tells. */
type Side = string | RunFacts

/** What was named, or the last two runs where nothing was. A live run is taken by its name. Throws PR_USAGE. */
export async function sidesOf(
  named: readonly [a: string | undefined, b: string | undefined],
  settings: Settings,
  output: Output,
): Promise<[Side, Side]> {
  const runs = allRuns(settings).filter(({ condition }) => condition !== 'damaged')
  const [a, b] = named
  if (a === undefined && b === undefined) {
    const [before, after] = runs.slice(-2)
    if (!before || !after) throw tooFew(runs.length)
    output.info(`${runText(before)}\n→ ${runText(after)}`)
    return [await ofRun(before, settings, output), await ofRun(after, settings, output)]
  }
  if (a === undefined || b === undefined)
    throw new PromptRunnerError('PR_USAGE', 'pr diff needs two things to compare, or none', {
      hint: '`pr diff A B`, or `pr diff` for the last two runs',
    })
  const side = (name: string): Promise<Side> | Side => {
    const run = existsSync(name) ? undefined : runs.findLast(({ runName }) => runName === name)
    return run ? ofRun(run, settings, output) : name
  }
  return [await side(a), await side(b)]
}

async function ofRun(
  { runName, dryRun, folder, journal }: KnownRun,
  settings: Settings,
  output: Output,
): Promise<Side> {
  if (dryRun) return folder
  const { unlike, ...facts } = journalFacts(journal, await loadTemplates(settings.workflows))
  if (unlike.length > 0)
    output.warn(
      `${runName} has sent ${unlike.join(', ')} otherwise than these templates do: other ones may have been used (--workflows)`,
    )
  return facts
}

function tooFew(count: number): PromptRunnerError {
  const what = count === 0 ? 'there is no run' : 'there is only one run'
  return new PromptRunnerError('PR_USAGE', `pr diff compares the last two runs, and ${what}`, {
    hint: '`pr diff A B` compares run folders, recordings and live runs by their names; `pr runs` lists runs',
  })
}
