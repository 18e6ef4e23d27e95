import { existsSync } from 'node:fs'
import type { Settings } from '../config/settings-types.ts'
import { jobChanges } from '../domain/approval/job-changes.ts'
import { jobsOf, type Plan } from '../domain/plan.ts'
import { mainFileOf, type OutputFile } from '../domain/run-event.ts'
import { counted, rangesText } from '../domain/wording.ts'
import { filmOf, type JobDecision, noFacts, resumeDecision } from '../orchestrator/resume-decision.ts'
import { readRunState } from '../state/read-journal.ts'
import type { RunState } from '../state/run-state.ts'
import { type KnownRun, runsIn } from './known-runs.ts'

/** Why each job of a film runs, or need not, seen from the last run of the film. */
export interface SinceRun {
  readonly film: string
  /** null: no run of the output directory has begun with it. */
  readonly run: Pick<KnownRun, 'runName' | 'condition'> | null
  readonly jobs: readonly JobSince[]
}

export interface JobSince {
  readonly number: number
  readonly why: string
  /** Whether going on with that run would not run it again. */
  readonly isDone: boolean
}

/** Compares plans with the last live runs of their films in the output directory; nobody is asked what the server still has. */
export function sinceLastRun({ run: { outputDir } }: Settings, plans: readonly Plan[]): SinceRun[] {
  const runs = runsIn(outputDir).filter(({ dryRun, problem }) => !dryRun && problem === null)
  return plans.map((plan) => sinceRun(plan, runs))
}

/** The same for a person; nothing where there was no run. */
export function sinceText(since: readonly SinceRun[]): string[] {
  return since.flatMap(({ film, run, jobs }) => {
    if (run === null) return []
    const reasons = Map.groupBy(jobs, ({ why }) => why)
    const done = jobs.filter(({ isDone }) => isDone).map(({ number }) => number)
    const rest =
      done.length > 0 && run.condition !== 'done'
        ? [
            `  a new run makes ${counted(jobs.length, 'job')}; --resume ${run.runName} makes ${jobs.length - done.length}`,
          ]
        : []
    return [
      `Since the last run of ${film}, ${run.runName} (${run.condition}):`,
      ...[...reasons].map(([why, group]) => `  ${jobsText(group.map(({ number }) => number))}: ${why}`),
      ...rest,
    ]
  })
}

const jobsText = (numbers: readonly number[]) => `${numbers.length === 1 ? 'job' : 'jobs'} ${rangesText(numbers)}`

type Found = Omit<KnownRun, 'isOutdated'>

function sinceRun(plan: Plan, runs: readonly Found[]): SinceRun {
  const film = plan.videoName
  const run = runs.findLast(({ videos }) => videos.some(({ name, status }) => name === film && status !== 'planned'))
  let before: Plan | null = null
  const state = run
    ? readRunState(run.journal, (event) => {
        if (event.kind === 'video-started' && event.video === film) before = event.plan
      })
    : null
  const changes = jobChanges(plan, before)
  const decisions = decisionsFor(plan, state)
  return {
    film,
    run: run ? { runName: run.runName, condition: run.condition } : null,
    jobs: jobsOf(plan).map(({ workflowNumber: number }) => {
      const changed = changes.get(number) ?? []
      const decision = decisions?.get(number)
      const isDone = decisions === null || (decision !== undefined && 'result' in decision)
      return { number, why: changed.length > 0 ? changed.join(', ') : sameText(decisions && decision), isDone }
    }),
  }
}

/** Why a job that is as it was need not run again, or does. null: the film is made. */
function sameText(decision: JobDecision | null | undefined): string {
  if (decision === null) return 'the same, done, and the film is made'
  switch (decision?.kind) {
    case undefined:
      return 'the same, not begun'
    case 'skip':
      return 'the same, done'
    case 'fetch':
      return 'the same, done; its file here is lost, and comes from the server again'
    case 'put-back':
      return 'the same, done; its file goes to the server again'
    case 'adopt':
      return 'the same, was sent, and may still run'
    case 'send':
      if (decision.wasDone) return 'the same, its file is lost'
      return decision.attempts > 0 ? 'the same, was begun, and is not done' : 'the same, not begun'
    default:
      return decision satisfies undefined
  }
}

/** As a resume would decide if the server had all that it made; null: the film is made. */
function decisionsFor(plan: Plan, state: RunState | null): ReadonlyMap<number, JobDecision> | null {
  const video = state?.videos[plan.videoName]
  const results = Object.values(video?.done ?? {})
  const copies = new Set(results.flatMap((result) => mainFileOf(result).copy ?? []).filter((path) => existsSync(path)))
  const film = filmOf(plan, video)
  const held = new Map<OutputFile, boolean>(results.map((result) => [mainFileOf(result).server, true]))
  // A film in a bucket is no matter here: it was made.
  const facts = { ...noFacts(null), isPlaced: film !== null && existsSync(film.path), copies, held }
  const decision = resumeDecision(plan, state, facts)
  return decision.kind === 'render' ? decision.jobs : null
}
