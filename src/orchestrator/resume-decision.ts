import { promptId } from '../domain/ids.ts'
import { isJoinedHere, type Job, jobsOf, type Plan } from '../domain/plan.ts'
import { type JobResult, mainFileOf, type OutputFile, type StoredObject } from '../domain/run-event.ts'
import type { OpenPrompt, PlacedFilm, RunState, Upload, VideoState } from '../state/run-state.ts'
import { doneJobs } from './done-jobs.ts'

/** Where a video's objects go: a bucket, and their names in it. */
export interface UploadTarget {
  readonly bucket: string
  readonly names: Readonly<Record<'film' | 'manifest', string>>
}

/** What the journal cannot know. Null, or missing: nobody has looked yet. */
export interface ResumeFacts {
  /** Where the film goes; null: it stays here. */
  readonly target: UploadTarget | null
  /** Whether there is an object where the film is to go. */
  readonly isTaken: boolean | null
  /** Whether the film that the journal names lies in the local folder as it was put there: somebody may have changed it. */
  readonly isPlaced: boolean | null
  /** Local copies that are there. */
  readonly copies: ReadonlySet<string>
  /** Whether the server has a file. */
  readonly held: ReadonlyMap<OutputFile, boolean>
}

/** What is known before anybody has looked. */
export function noFacts(target: UploadTarget | null): ResumeFacts {
  return { target, isTaken: null, isPlaced: null, copies: new Set(), held: new Map() }
}

/** What to do for one video of a run that goes on. */
export type ResumeDecision =
  /** It takes one more look: into the bucket, into the local folder, or for files on the server. */
  | { readonly kind: 'look'; readonly at: 'bucket' | 'film' | readonly OutputFile[] }
  /** Its place in the bucket is taken by another film, which nothing replaces. */
  | { readonly kind: 'refuse'; readonly target: UploadTarget }
  /** The film is made. By workflow number: what its jobs left, as far as it is known. */
  | { readonly kind: 'deliver'; readonly film: MadeFilm; readonly results: ReadonlyMap<number, JobResult> }
  /** By workflow number, in the order in which the jobs run. */
  | { readonly kind: 'render'; readonly jobs: ReadonlyMap<number, JobDecision> }

/** How far a film has come, which lies at `path`. */
export type MadeFilm =
  /** It is where it was to go, with its manifest if that is a bucket. Its clean-up may lack still. */
  | {
      readonly kind: 'finished'
      readonly path: string
      readonly object: StoredObject | null
      readonly isCleanedUp: boolean
    }
  /** It is in the bucket, and its manifest is not. */
  | { readonly kind: 'uploaded'; readonly path: string; readonly object: StoredObject }
  /** It lies in the local folder. */
  | { readonly kind: 'placed'; readonly path: string }

export type JobDecision =
  /** It is done. Its file is wherever it is needed, or has to be fetched from the server, or to be put back there. */
  | { readonly kind: 'skip' | 'fetch' | 'put-back'; readonly result: JobResult }
  /** A prompt that was sent for it may still run. */
  | { readonly kind: 'adopt'; readonly attempts: number; readonly open: OpenPrompt }
  | { readonly kind: 'send'; readonly attempts: number; readonly open: null; readonly wasDone: boolean }

/** Decides what becomes of a video of which `state` may know an earlier part. */
export function resumeDecision(plan: Plan, state: RunState | null, facts: ResumeFacts): ResumeDecision {
  const earlier = state?.videos[plan.videoName]
  if (!state || !earlier) return { kind: 'render', jobs: new Map(jobsOf(plan).map((job) => [job.workflowNumber, NEW])) }
  const { target } = facts
  const upload = target && uploadedTo(target, 'film', plan, earlier)
  if (target && !upload) {
    const other = earlier.uploads.film
    if (other && isAt(other, target, 'film')) return { kind: 'refuse', target }
    // The journal may not know of a film of an earlier plan: it keeps the last one, and may have ended before its note.
    if (!isPlannedAs(plan, earlier.jobIds)) {
      if (facts.isTaken === null) return { kind: 'look', at: 'bucket' }
      if (facts.isTaken) return { kind: 'refuse', target }
    }
  }
  const done = doneJobs(plan, state.runId, earlier)
  const film = madeFilm(plan, earlier, facts)
  if (film === 'unknown') return { kind: 'look', at: 'film' }
  // A manifest names every job's prompt.
  if (film?.kind === 'finished' || (film && done.size === jobsOf(plan).length))
    return { kind: 'deliver', film, results: done }
  return decideJobs(plan, { runId: state.runId, video: earlier, done }, facts)
}

/** The film in the local folder that an earlier part of the run has made by this very plan. */
export function filmOf(plan: Plan, earlier: VideoState | undefined): PlacedFilm | null {
  return earlier?.film && isPlannedAs(plan, earlier.jobIds) ? earlier.film : null
}

/**
 * Prompts of an earlier part of the run that the present plans would not send: they would run before what is sent, and cost. One of
 * the same job is not among them, for that job may adopt it.
 */
export function promptsToCancel(plans: readonly Plan[], state: RunState | null): OpenPrompt[] {
  if (!state) return []
  const plannedIn = new Map(plans.map((plan) => [plan.videoName, jobsOf(plan)]))
  return Object.entries(state.videos).flatMap(([video, { open }]) =>
    Object.entries(open)
      .filter(([number, prompt]) => {
        const job = plannedIn.get(video)?.[Number(number) - 1]
        return !job || !isPromptOf(state.runId, job.jobId, prompt)
      })
      .map(([, prompt]) => prompt),
  )
}

const NEW: JobDecision = { kind: 'send', attempts: 0, open: null, wasDone: false }

/** Whether every job was planned as it is now. A job's id has in it all that it depends on: it is the same film. */
function isPlannedAs(plan: Plan, jobIds: VideoState['jobIds']): boolean {
  return jobsOf(plan).every((job) => jobIds[job.workflowNumber] === job.jobId)
}

function madeFilm(plan: Plan, earlier: VideoState, facts: ResumeFacts): MadeFilm | 'unknown' | null {
  const { target } = facts
  const isCleanedUp = !isPlannedAs(plan, earlier.jobIds) || earlier.status === 'finished'
  const upload = target && uploadedTo(target, 'film', plan, earlier)
  if (target && upload?.film) {
    const { film: path, object } = upload
    // What lies here of another plan is not this film's to clean up.
    return uploadedTo(target, 'manifest', plan, earlier)
      ? { kind: 'finished', path, object, isCleanedUp }
      : { kind: 'uploaded', path, object }
  }
  const placed = filmOf(plan, earlier)
  if (!placed || facts.isPlaced === false) return null
  if (facts.isPlaced === null) return 'unknown'
  return target === null && earlier.status === 'finished'
    ? { kind: 'finished', path: placed.path, object: null, isCleanedUp: true }
    : { kind: 'placed', path: placed.path }
}

/** What an earlier part of the run has put at `target` for this very film. */
function uploadedTo(
  target: UploadTarget,
  role: 'film' | 'manifest',
  plan: Plan,
  { uploads }: VideoState,
): Upload | null {
  const upload = uploads[role]
  return upload && isAt(upload, target, role) && isPlannedAs(plan, upload.jobIds) ? upload : null
}

function isAt({ object }: Upload, { bucket, names }: UploadTarget, role: 'film' | 'manifest'): boolean {
  return object.bucket === bucket && object.name === names[role]
}

/** Whether a prompt was sent for this very job. */
function isPromptOf(runId: string, jobId: string, open: OpenPrompt): boolean {
  return promptId(runId, jobId, open.attempt) === open.promptId
}

interface Earlier {
  readonly runId: string
  readonly video: VideoState
  readonly done: ReadonlyMap<number, JobResult>
}

function decideJobs(plan: Plan, earlier: Earlier, facts: ResumeFacts): ResumeDecision {
  const jobs = new Map<number, JobDecision>()
  const unseen: OutputFile[] = []
  const runs = (job: Job | undefined) => ['send', 'adopt'].includes(jobs.get(job?.workflowNumber ?? 0)?.kind ?? '')
  // From the end: where a file is needed shows when it is known which of the later jobs run.
  for (const job of jobsOf(plan).toReversed()) {
    const result = earlier.done.get(job.workflowNumber)
    const fate = result ? fateOf(result, needOf(plan, job, runs), facts) : 'lost'
    if (!result || fate === 'lost') jobs.set(job.workflowNumber, runDecision(job, earlier))
    // What is there needs nothing done, and calls for no other file.
    else if (fate === 'unseen') unseen.push(mainFileOf(result).server)
    else jobs.set(job.workflowNumber, { kind: fate, result })
  }
  return unseen.length > 0 ? { kind: 'look', at: unseen } : { kind: 'render', jobs: new Map([...jobs].reverse()) }
}

/** Where a job's file is needed by those that run. */
function needOf(plan: Plan, { kind, chunk }: Job, runs: (job: Job | undefined) => boolean): Need {
  const [own, next] = [plan.passes[chunk.number - 1], plan.passes[chunk.number]]
  const [combine, nextCombine] = [plan.combineJobs[chunk.number - 1], plan.combineJobs[chunk.number]]
  switch (kind) {
    case 'high':
      return { here: false, there: runs(own?.low) }
    case 'low':
      // The next chunk takes only a picture, which is cut here.
      return { here: isJoinedHere(plan) || runs(next?.high) || runs(next?.low), there: runs(combine) }
    case 'combine':
      return { here: nextCombine === undefined, there: runs(nextCombine) }
    default:
      return kind satisfies never
  }
}

interface Need {
  readonly here: boolean
  readonly there: boolean
}

function fateOf(
  result: JobResult,
  need: Need,
  { copies, held }: ResumeFacts,
): 'skip' | 'fetch' | 'put-back' | 'lost' | 'unseen' {
  const { server, copy } = mainFileOf(result)
  const isHere = copy !== null && copies.has(copy)
  if (!need.there && (isHere || !need.here)) return 'skip'
  const isThere = held.get(server)
  if (isThere === undefined) return 'unseen'
  if (isThere) return isHere || !need.here ? 'skip' : copy === null ? 'lost' : 'fetch'
  // A film may be longer than what a server takes, and is combined again in seconds.
  return isHere && result.kind !== 'combine' ? 'put-back' : 'lost'
}

function runDecision({ workflowNumber, jobId }: Job, { runId, video, done }: Earlier): JobDecision {
  const attempts = Math.max(0, ...[workflowNumber, jobId].map((key) => video.attempts[key] ?? 0))
  const wasDone = done.has(workflowNumber)
  // One that is neither open nor failed has succeeded, and the line that says so is missing.
  const open = video.open[workflowNumber] ?? (wasDone ? undefined : video.sent[workflowNumber])
  return open && isPromptOf(runId, jobId, open)
    ? { kind: 'adopt', attempts, open }
    : { kind: 'send', attempts, open: null, wasDone }
}
