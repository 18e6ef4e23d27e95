import { existsSync } from 'node:fs'
import { stateDirOf } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import { jobChanges } from '../domain/approval/job-changes.ts'
import type { FilmWork } from '../domain/estimate/film-time.ts'
import { jobsOf, type Plan } from '../domain/plan.ts'
import { mainFileOf, type OutputFile } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { filmOf, type JobDecision, noFacts, resumeDecision } from '../orchestrator/resume-decision.ts'
import { findRun, readRunState } from '../state/read-journal.ts'
import type { RunState } from '../state/run-state.ts'
import { type KnownRun, lastUnfinished, runsIn } from './known-runs.ts'

/** Why each job of a film runs, or need not, seen from the last run of the film. */
export interface SinceRun {
  readonly film: string
  /** null: no run of the output directory has begun with it. */
  readonly run: Pick<KnownRun, 'runName' | 'condition'> | null
  readonly jobs: readonly JobSince[]
}

interface JobSince {
  readonly number: number
  readonly why: string
  /** Whether going on with that run would not run it again. */
  readonly isDone: boolean
}

/**
 * Compares plans with the live run that `--resume` names, else with the last ones of their films in the output directory; nobody is
 * asked what the server still has. Throws PR_STATE for a run that is not there, and PR_USAGE for one that is elsewhere.
 */
export function sinceLastRun(settings: Settings, plans: readonly Plan[]): SinceRun[] {
  const resumed = resumedName(settings)
  const runs = runsIn(settings.run.outputDir).filter(
    ({ runName, dryRun, problem }) => !dryRun && problem === null && (resumed === null || resumed === runName),
  )
  return plans.map((plan) => sinceRun(plan, runs))
}

/** What is left to be made when that run is gone on with. */
export function leftSince(since: readonly SinceRun[]): FilmWork['isToDo'] {
  const isDone = new Set(
    since.flatMap(({ film, jobs }) => jobs.flatMap((job) => (job.isDone ? keyOf(film, job.number) : []))),
  )
  return ({ workflowNumber }, { videoName }) => !isDone.has(keyOf(videoName, workflowNumber))
}

const keyOf = (film: string, number: number) => `${number} ${film}`

/** The live run that is to be gone on with; null: none is. */
function resumedName(settings: Settings): string | null {
  const { resume, isElsewhere, outputDir } = settings.run
  if (resume === null) return null
  if (isElsewhere) {
    throw new PromptRunnerError('PR_USAGE', 'a plan is made without the bucket, and --resume names a run in one', {
      hint: 'leave --resume out; a live run with it says what is left, and asks before it goes on',
    })
  }
  if (resume === '') return lastUnfinished({ ...settings, dryRun: { ...settings.dryRun, enabled: false } }).runName
  return findRun(stateDirOf(outputDir), resume).state.runName
}

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
