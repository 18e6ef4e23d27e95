import { counted, rangesText } from '../domain/wording.ts'
import type { SinceRun } from './since-last-run.ts'

/** Why jobs run, for a person; nothing where there was no run. `isResumed`: that run is gone on with. */
export function sinceText(since: readonly SinceRun[], { isResumed }: { readonly isResumed: boolean }): string[] {
  return since.flatMap(({ film, run, jobs }) => {
    if (run === null) return []
    const name = `${run.runName} (${run.condition})`
    const reasons = [...Map.groupBy(jobs, ({ why }) => why)]
    return [
      isResumed ? `Going on with ${name}, for ${film}:` : `Since the last run of ${film}, ${name}:`,
      ...reasons.slice(0, MOST).map(([why, group]) => `  ${jobsText(group)}: ${why}`),
      ...folded(reasons.slice(MOST)),
      ...lastLine({ film, run, jobs }, isResumed),
    ]
  })
}

function lastLine({ run, jobs }: SinceRun, isResumed: boolean): string[] {
  const left = jobs.filter(({ isDone }) => !isDone).length
  if (isResumed) return [`  ${counted(left, 'job')} to run, ${jobs.length - left} skipped`]
  // A film that is made needs no going on with.
  if (left === jobs.length || run?.condition === 'done') return []
  return [`  a new run makes ${counted(jobs.length, 'job')}; --resume ${run?.runName} makes ${left}`]
}

/** Reasons that are told one by one: a new seed gives each chunk one of its own. */
const MOST = 8

function folded(reasons: ReadonlyArray<readonly [string, readonly Job[]]>): string[] {
  const jobs = reasons.flatMap(([, group]) => group).toSorted((a, b) => a.number - b.number)
  return jobs.length > 0 ? [`  ${jobsText(jobs)}: ${counted(reasons.length, 'more reason')}, which --json tells`] : []
}

type Job = SinceRun['jobs'][number]

function jobsText(jobs: readonly Job[]): string {
  return `${jobs.length === 1 ? 'job' : 'jobs'} ${rangesText(jobs.map(({ number }) => number))}`
}
