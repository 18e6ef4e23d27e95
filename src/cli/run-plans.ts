import { dirname } from 'node:path'
import type { Clients } from '../clients/clients.ts'
import type { Layout } from '../config/layout.ts'
import type { Templates } from '../domain/bindings.ts'
import { workflowsBefore } from '../domain/jobs-of.ts'
import type { Plan } from '../domain/plan-types.ts'
import type { RunEvent } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { orchestrate, type RunFailure } from '../orchestrator/orchestrate.ts'
import { planTable } from '../report/plan-table.ts'
import { createTally, type RunTally } from '../report/run-tally.ts'
import { openJournal } from '../state/state-store.ts'
import { openProgress } from './progress.ts'
import type { SessionOptions } from './session.ts'
import type { SettledRun } from './settle-run.ts'

/** What came of a run, and the failures of it in order. */
export interface RunOutcome {
  readonly tally: RunTally
  readonly failures: readonly RunFailure[]
}

/** A session whose plans are made and checked. */
export interface PlannedSession extends SessionOptions {
  readonly plans: readonly Plan[]
  readonly templates: Templates
}

/** To be called after all checks of what the user gave: a refusal below a long table is hard to find. */
export function showPlans({ plans, output }: PlannedSession, filmNames?: ReadonlyMap<string, string>): void {
  for (const plan of plans) output.info(planTable(plan, filmNames?.get(plan.videoName)).join('\n'))
}

/** The same for live and rehearsed runs: orchestrates, while the journal, the display and the tally read along. */
export async function runPlans(
  session: Omit<PlannedSession, 'endInOrder'>,
  run: SettledRun & {
    clients: Clients
    /** Where this run's own files go. */
    layout: Layout
    now: () => number
  },
): Promise<RunOutcome> {
  const { settings, plans, templates, output, signal } = session
  const { layout } = run
  const { runId, runName } = run.identity
  // A rehearsal rents nothing: waiting for the disk would be its longest wait.
  using journal = openJournal(layout.journal, { durable: !settings.dryRun.enabled, isNew: run.earlier === null })
  const tally = createTally()
  using progress = await openProgress(output)
  const emit = (event: RunEvent) => {
    journal.append(event)
    tally.add(event)
    progress.emit(event)
  }
  const videos = plans.map((plan) => plan.videoName)
  emit({ kind: 'run-started', at: run.now(), runId, runName, dryRun: settings.dryRun.enabled, videos })
  const context = {
    runId,
    runName,
    clients: run.clients,
    templates,
    layout,
    earlier: run.earlier,
    filmNames: run.filmNames,
    workflowsBefore: workflowsBefore(plans),
    options: settings.run,
    // A dry run keeps its state in its own folder, so the name alone would not find it.
    resumeFlags: `${settings.dryRun.enabled ? '--dry-run ' : ''}--resume ${runName} --output-dir ${dirname(dirname(layout.journal))}`,
    now: run.now,
    emit,
    signal,
  }
  const failures = await orchestrate(context, plans)
  return { failures, tally: tally.tally() }
}

/**
 * What failed, as errors to report: the run's own ones, and one for all videos, with `hint`. A cancelled run is nothing but
 * cancelled.
 */
export function errorsOf(failures: readonly RunFailure[], hint?: string): PromptRunnerError[] {
  const cancelled = failures.find(({ error }) => error.code === 'PR_CANCELLED')
  if (cancelled) return [cancelled.error]
  const own = failures.filter(({ video }) => video === null).map(({ error }) => error)
  const videos = failures.flatMap(({ video, error }) => (video === null ? [] : [{ video, error }]))
  return videos.length === 0 ? own : [unfinished(videos, hint), ...own]
}

function unfinished(
  videos: ReadonlyArray<{ video: string; error: PromptRunnerError }>,
  hint: string | undefined,
): PromptRunnerError {
  const names = videos.map(({ video }) => video).join(', ')
  return new PromptRunnerError('PR_RUN_FAILED', `Not every video was finished: ${names}`, {
    ...(hint !== undefined && { hint }),
    problems: videos.flatMap(({ video, error }) => [
      { file: video, message: `${error.code}: ${error.message}`, ...ownHint(error) },
      ...error.problems.map((problem) => ({ ...problem, file: `${video}: ${problem.file}` })),
    ]),
  })
}

/** What to do about a failure is said once, at the problem where it belongs. */
function ownHint({ hint, problems }: PromptRunnerError): { hint?: string } {
  return hint === undefined || problems.some((problem) => problem.hint === hint) ? {} : { hint }
}

/** Throws what there is to report; the one error itself when it is one. */
export function throwAny(errors: readonly PromptRunnerError[]): void {
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} things went wrong`)
}
