import { existsSync } from 'node:fs'
import { filmObject, finalDirOf, journalOf, stateDirOf } from '../config/layout.ts'
import type { Plan } from '../domain/plan-types.ts'
import { PromptRunnerError } from '../errors.ts'
import { filmNames } from '../orchestrator/film-names.ts'
import { isAt, isPlannedAs } from '../orchestrator/jobs-to-skip.ts'
import { identifyRun, type RunIdentity } from '../orchestrator/run-identity.ts'
import { lockRun, type RunLock, tryLockRun } from '../state/run-lock.ts'
import type { RunState } from '../state/run-state.ts'
import { findRun, knownRuns, readRunState } from '../state/state-store.ts'
import type { PlannedSession } from './run-plans.ts'

/** Which run this is, and what an earlier part of it did (null: there is none). */
export interface SettledRun {
  readonly identity: RunIdentity
  readonly earlier: RunState | null
  /** What the films are to be called in `final/`, by video. */
  readonly filmNames: ReadonlyMap<string, string>
}

/** Settles a rehearsal from the state that earlier runs left in the output directory; that is only read. */
export function settleRehearsal(session: PlannedSession): SettledRun {
  const { settings, plans } = session
  const { outputDir, resume } = settings.run
  const stateDir = stateDirOf(outputDir)
  if (resume !== null) return resumed(session, findRun(stateDir, resume).state)
  const taken = new Set(knownRuns(stateDir))
  return settled(
    plans,
    outputDir,
    null,
    identifyRun(plans, (name) => taken.has(name)),
  )
}

/** A live run that is settled, and holds its lock until it is disposed. */
export interface SettledLiveRun extends SettledRun, Disposable {}

/**
 * Settles a live run: of two that start at once each gets a name of its own, and none gets one of `known`. A run in progress cannot
 * be gone on with, nor can a rehearsal. Throws PR_STATE and PR_FILE.
 */
export function settleLiveRun(session: PlannedSession, known: ReadonlySet<string>): SettledLiveRun {
  const { settings, plans } = session
  const { outputDir, resume } = settings.run
  const stateDir = stateDirOf(outputDir)
  const now = Date.now()
  if (resume !== null) {
    const { path, state } = findRun(stateDir, resume)
    if (state.dryRun) throw onlyRehearsed(state.runName)
    using undo = new DisposableStack()
    const lock = undo.use(lockRun(stateDir, state.runName, now))
    // Whoever held the lock until now may have written more.
    const run = resumed(session, readRunState(path))
    undo.move()
    return { ...run, ...lock }
  }
  let lock = null as RunLock | null
  const identity = identifyRun(plans, (name) => {
    if (known.has(name)) return true
    lock = tryLockRun(stateDir, name, now)
    if (lock === null || !existsSync(journalOf(stateDir, name))) return lock === null
    lock[Symbol.dispose]()
    return true
  })
  return { ...settled(plans, outputDir, null, identity), ...lock! }
}

function settled(
  plans: readonly Plan[],
  outputDir: string,
  earlier: RunState | null,
  identity: RunIdentity,
): SettledRun {
  return { identity, earlier, filmNames: filmNames(finalDirOf(outputDir), identity.runName, plans, earlier) }
}

/** Throws PR_STATE where the upload of a film that is planned otherwise now would be refused, after hours of rendering. */
function resumed({ settings, plans }: PlannedSession, state: RunState): SettledRun {
  const { runId, runName, videos } = state
  const { bucket, prefix } = settings.storage
  for (const plan of settings.run.upload ? plans : []) {
    const film = videos[plan.videoName]?.uploads.film
    const name = filmObject(prefix, runName, plan.videoName)
    if (!film || isPlannedAs(plan, film.jobIds) || !isAt(film.object, { bucket: bucket ?? '', name })) continue
    throw new PromptRunnerError(
      'PR_STATE',
      `--resume ${runName}: its film of ${plan.videoName} is in the bucket already (gs://${bucket}/${name}), and would be another one now`,
      {
        hint: 'Nothing in a bucket is ever replaced. Start a new run without --resume, or give the prompt and settings that the film was made with.',
      },
    )
  }
  return settled(plans, settings.run.outputDir, state, { runId, runName })
}

/** Its jobs count as done and its films are there, but nothing was ever rendered. */
function onlyRehearsed(runName: string): PromptRunnerError {
  return new PromptRunnerError('PR_STATE', `--resume ${runName}: this was a dry run, so none of it is done`, {
    hint: 'Start a new run without --resume, or give --dry-run to go on with the rehearsal.',
  })
}
