import type { Clients } from '../clients/clients.ts'
import { createLayout, type Layout } from '../config/layout.ts'
import type { Templates } from '../domain/bindings.ts'
import type { Plan } from '../domain/plan-types.ts'
import type { RunEvent } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { orchestrate, type RunOutcome } from '../orchestrator/orchestrate.ts'
import { identifyRun, type RunIdentity } from '../orchestrator/run-identity.ts'
import { createTally, type RunTally } from '../report/run-tally.ts'
import type { RunState } from '../state/run-state.ts'
import { findRun, knownRuns, openJournal } from '../state/state-store.ts'
import { openProgress } from './progress.ts'
import type { SessionOptions } from './session.ts'

/** A session whose plans are made and checked. */
export interface PlannedSession extends SessionOptions {
  readonly plans: readonly Plan[]
  readonly templates: Templates
}

/** Which run this is, and what an earlier part of it did; both from the state that earlier runs left in `outputDir`. */
export function settleRun(
  { settings, plans }: PlannedSession,
  outputDir: string,
): { identity: RunIdentity; earlier: RunState | null } {
  const { stateDir } = createLayout(outputDir)
  if (settings.run.resume !== null) {
    const { state } = findRun(stateDir, settings.run.resume)
    return { identity: { runId: state.runId, runName: state.runName }, earlier: state }
  }
  const taken = new Set(knownRuns(stateDir))
  return { identity: identifyRun(plans, (name) => taken.has(name)), earlier: null }
}

/** The same for live and rehearsed runs: orchestrates, while the journal, the display and the tally read along. */
export async function runPlans(
  session: PlannedSession,
  run: {
    identity: RunIdentity
    earlier: RunState | null
    clients: Clients
    /** Where this run's own files go. */
    layout: Layout
    now: () => number
  },
): Promise<RunOutcome & { tally: RunTally }> {
  const { settings, plans, templates, output, signal } = session
  const { layout } = run
  const { runId, runName } = run.identity
  using journal = openJournal(layout.journal(runName))
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
    options: settings.run,
    now: run.now,
    emit,
    signal,
  }
  const outcome = await orchestrate(context, plans, run.earlier)
  return { ...outcome, tally: tally.tally() }
}

/** The errors of videos that failed, as one; null when there are none. A cancelled run counts as cancelled. */
export function failureOf(outcome: RunOutcome): PromptRunnerError | null {
  const cancelled = outcome.failed.find(({ error }) => error.code === 'PR_CANCELLED')
  if (cancelled) return cancelled.error
  if (outcome.failed.length === 0) return null
  const names = outcome.failed.map(({ video }) => video).join(', ')
  return new PromptRunnerError('PR_RUN_FAILED', `Not every video was finished: ${names}`, {
    problems: outcome.failed.map(({ video, error }) => ({
      file: video,
      message: `${error.code}: ${error.message}`,
      ...(error.hint ? { hint: error.hint } : {}),
    })),
  })
}
