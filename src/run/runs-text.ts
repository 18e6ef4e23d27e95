import { dollarText, sourceText } from '../domain/price.ts'
import { localIso } from '../report/stamps.ts'
import { isUnfinished, type KnownRun } from './known-runs.ts'
import type { CommandLine } from './run-host.ts'

/** Where runs were looked for, and how one of them is gone on with that was started with `options`. */
interface RunPlaces {
  readonly outputDir: string
  /** Whether a run goes there when no option says so. */
  readonly isUsual: boolean
  readonly tempDir: string
  resume(options: readonly string[], ...run: Parameters<CommandLine['resume']>): string
}

/** A table of runs, the latest last, and how to go on with the last that is not finished. */
export function runsText(runs: readonly KnownRun[], places: RunPlaces): string[] {
  if (runs.length === 0) return [`No run in ${places.outputDir}, and no run folder in ${places.tempDir}`]
  const all = [
    ['name', 'state', 'jobs', 'cost', 'started', 'last written', 'videos', 'in'],
    ...runs.map((run) => cells(run)),
  ]
  const isPriced = runs.some(({ cost }) => cost !== null)
  const rows = all.map((row) => (isPriced ? row : row.toSpliced(3, 1)))
  const head = rows[0]!
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
  const notes = runs.flatMap(({ runName, problem }) => (problem ? [`${runName}: ${problem.message}`] : []))
  const last = runs.findLast(isUnfinished)
  return [...lines, ...notes, ...(last ? [`Go on with ${last.runName}:`, `    ${goOn(last, places)}`] : [])]
}

/** A run for machines. */
export function runData(run: KnownRun, places: RunPlaces): object {
  const { runName, dryRun, condition, folder, journal, holder, startedAt, writtenAt, videos, jobs, problem } = run
  const { cost, estimate } = run
  return {
    name: runName,
    state: condition,
    dry_run: dryRun,
    folder,
    journal,
    jobs,
    estimate: estimate && { seconds: estimate.seconds, took_seconds: estimate.tookSeconds },
    cost: cost && { usd: cost.dollars, price: sourceText(cost.price) },
    started: startedAt === null ? null : new Date(startedAt).toISOString(),
    last_written: new Date(writtenAt).toISOString(),
    process: holder && { pid: holder.pid, host: holder.host, since: holder.since },
    videos,
    problem: problem?.message ?? null,
    resume: isUnfinished(run) ? goOn(run, places) : null,
  }
}

/** A run in a sentence: `quiet-fox (failed, 5 of 15 jobs done, last written 2026-11-30 10:14:00, in output)`. */
export function runText(run: KnownRun): string {
  const { runName, dryRun, condition, jobs, folder } = run
  const kind = dryRun ? 'dry run, ' : ''
  return `${runName} (${kind}${condition}, ${jobs.done} of ${jobs.planned} jobs done, last written ${timeText(run.writtenAt)}, in ${folder})`
}

function cells(run: KnownRun): string[] {
  const { runName, dryRun, condition, holder, jobs, cost, startedAt, writtenAt, videos, folder } = run
  const by = holder ? ` (process ${holder.pid} on ${holder.host})` : ''
  return [
    runName,
    `${dryRun ? 'dry run, ' : ''}${condition}${by}`,
    jobs.planned === 0 ? '–' : `${jobs.done}/${jobs.planned}`,
    cost === null ? '–' : `${dollarText(cost.dollars)} (${sourceText(cost.price)})`,
    startedAt === null ? '–' : timeText(startedAt),
    timeText(writtenAt),
    videos.map(({ name }) => name).join(', ') || '–',
    folder,
  ]
}

function goOn({ options, runName, dryRun, folder }: KnownRun, { outputDir, isUsual, resume }: RunPlaces): string {
  return resume(options ?? [], runName, { dryRun, outputDir: isUsual && folder === outputDir ? null : folder })
}

/** `2026-11-30 10:14:00`, local time. */
function timeText(at: number): string {
  return localIso(at).slice(0, 19).replace('T', ' ')
}
