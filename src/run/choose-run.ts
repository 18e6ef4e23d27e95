import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { filmName, finalDirOf, journalOf, objectNames, stateDirOf } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import { identifyRun, type RunIdentity } from '../domain/ids.ts'
import type { Plan } from '../domain/plan.ts'
import { PromptRunnerError } from '../errors.ts'
import { filmOf, noFacts, resumeDecision } from '../orchestrator/resume-decision.ts'
import { nameTaken } from '../orchestrator/resume-video.ts'
import { lockRun, type RunLock, tryLockRun } from '../state/run-lock.ts'
import type { RunState } from '../state/run-state.ts'
import { knownRuns } from '../state/state-store.ts'
import { forgetClaim, hasClaimed } from './claim-run.ts'

/** Which run this is: a new one, or one that goes on. */
export interface ChosenRun {
  readonly runId: string
  readonly runName: string
  /** What an earlier part of it did; null: there is none. */
  readonly earlier: RunState | null
  /** Whether the name is this run's on the server and in the bucket, by a start that died before the run began. */
  readonly hasClaimed: boolean
  /** What the films are to be called in `final/`, by video. */
  readonly filmNames: ReadonlyMap<string, string>
}

/** Chooses a rehearsal by the state that earlier runs left in the output directory; that is only read. Throws PR_STATE. */
export async function chooseRehearsal(
  settings: Settings,
  plans: readonly Plan[],
  identity: RunIdentity | null,
): Promise<ChosenRun> {
  const { outputDir, resume } = settings.run
  const stateDir = stateDirOf(outputDir)
  if (resume !== null) {
    const { findRun } = await import('../state/read-journal.ts')
    return resumedRun(settings, plans, findRun(stateDir, resume).state)
  }
  const taken = new Set(knownRuns(stateDir))
  return newRun(settings, plans, identity ?? identifyRun(plans, (name) => taken.has(name)))
}

/**
 * Chooses a live run and locks it. Two that start at once get different names, and neither gets one of `taken`. Throws PR_STATE
 * when the run to resume is in progress or was a rehearsal, and PR_FILE.
 */
export async function chooseLiveRun(
  settings: Settings,
  plans: readonly Plan[],
  taken: ReadonlySet<string>,
): Promise<{ run: ChosenRun; lock: RunLock }> {
  const { outputDir, resume } = settings.run
  const stateDir = stateDirOf(outputDir)
  const now = Date.now()
  if (resume !== null) {
    // What reads a journal is worth loading only for this.
    const { findRun, readRunState } = await import('../state/read-journal.ts')
    const { path, state } = findRun(stateDir, resume)
    if (state.dryRun) throw onlyRehearsed(state.runName)
    // Whoever held the lock until now may have written more.
    return underLock(lockRun(stateDir, state.runName, now), () => {
      forgetClaim(stateDir, state.runName)
      return resumedRun(settings, plans, readRunState(path))
    })
  }
  let lock = null as RunLock | null
  const identity = identifyRun(plans, (name) => {
    if (taken.has(name)) return true
    lock = tryLockRun(stateDir, name, now)
    if (lock === null || !existsSync(journalOf(stateDir, name))) return lock === null
    lock[Symbol.dispose]()
    return true
  })
  return underLock(lock!, () => ({
    ...newRun(settings, plans, identity),
    hasClaimed: hasClaimed(stateDir, identity.runName),
  }))
}

/** A run that cannot be chosen gives its lock back. */
function underLock(lock: RunLock, choose: () => ChosenRun): { run: ChosenRun; lock: RunLock } {
  try {
    return { run: choose(), lock }
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
}

function newRun(settings: Settings, plans: readonly Plan[], { runId, runName }: RunIdentity): ChosenRun {
  checkObjectNames(settings, plans, runName)
  return { runId, runName, earlier: null, hasClaimed: false, filmNames: filmNames(settings, plans, runName, null) }
}

/**
 * Throws PR_STATE when a film that was uploaded is now planned otherwise: nothing in the bucket is replaced, and that
 * would show only after hours of rendering.
 */
function resumedRun(settings: Settings, plans: readonly Plan[], found: RunState): ChosenRun {
  const earlier = found.runId === '' ? { ...found, runId: idOfRun(found.runName, plans) } : found
  const { runId, runName } = earlier
  const { bucket, prefix } = settings.storage
  for (const plan of settings.run.upload ? plans : []) {
    const target = { bucket: bucket ?? '', names: objectNames(prefix, runName, plan.videoName) }
    const decision = resumeDecision(plan, earlier, noFacts(target))
    if (decision.kind === 'refuse') throw nameTaken(runName, plan.videoName, decision.target)
  }
  checkObjectNames(settings, plans, runName)
  return { runId, runName, earlier, hasClaimed: false, filmNames: filmNames(settings, plans, runName, earlier) }
}

/** Runs of the same work that are looked through for a name. */
const MOST_RUNS = 10_000

/** The id of a run whose journal has lost it: it follows from the work, which gives the name, too. Throws PR_STATE for other work. */
function idOfRun(runName: string, plans: readonly Plan[]): string {
  let seen = 0
  const identity = identifyRun(plans, (name) => {
    seen += 1
    return name !== runName && seen < MOST_RUNS
  })
  if (identity.runName === runName) return identity.runId
  throw new PromptRunnerError(
    'PR_STATE',
    `--resume ${runName}: its journal does not say which run it is of, and these prompts and settings give another one`,
    {
      hint: 'The first line of the journal is missing. Give the prompts and settings that the run was started with, or start a new run without --resume.',
    },
  )
}

/**
 * The file name of each video's film in `final/`, by video: the video's name, with the run's name too where another
 * run's film has that. Another run that ends first can still take a name; see `placeFilm`.
 */
function filmNames(
  { run }: Settings,
  plans: readonly Plan[],
  runName: string,
  earlier: RunState | null,
): ReadonlyMap<string, string> {
  return new Map(
    plans.map((plan) => {
      const own = filmOf(plan, earlier?.videos[plan.videoName])
      const free = filmName(plan.videoName)
      const isFree = !existsSync(join(finalDirOf(run.outputDir), free))
      return [plan.videoName, own ? basename(own.path) : isFree ? free : filmName(plan.videoName, runName)]
    }),
  )
}

/** Bytes of UTF-8, https://cloud.google.com/storage/docs/objects#naming */
const LONGEST_OBJECT_NAME = 1024

/** Throws PR_USAGE for a film that could not be uploaded under its name. */
function checkObjectNames(settings: Settings, plans: readonly Plan[], runName: string): void {
  for (const { videoName } of settings.run.upload ? plans : []) {
    const { film, manifest } = objectNames(settings.storage.prefix, runName, videoName)
    const name = Buffer.byteLength(film) < Buffer.byteLength(manifest) ? manifest : film
    if (Buffer.byteLength(name) <= LONGEST_OBJECT_NAME) continue
    throw new PromptRunnerError(
      'PR_USAGE',
      `an object of ${videoName} would have a name of ${Buffer.byteLength(name)} bytes in the bucket (${name.slice(0, 40)}…), and ${LONGEST_OBJECT_NAME} are possible`,
      { hint: 'give --bucket a shorter prefix, or the video a shorter name' },
    )
  }
}

/** Its jobs count as done and its films are there, but nothing was ever rendered. */
function onlyRehearsed(runName: string): PromptRunnerError {
  return new PromptRunnerError('PR_STATE', `--resume ${runName}: this was a dry run, so none of it is done`, {
    hint: 'Start a new run without --resume, or give --dry-run to go on with the rehearsal.',
  })
}
