import { objectNames } from '../config/layout.ts'
import { type Job, jobsOf, type Plan } from '../domain/plan.ts'
import { type JobResult, mainFileOf, type OutputFile, withMainFile } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { fileCrc32c } from '../files/file-crc32c.ts'
import { localCopy } from './local-copy.ts'
import {
  filmOf,
  type JobDecision,
  noFacts,
  type ResumeDecision,
  type ResumeFacts,
  resumeDecision,
  type UploadTarget,
} from './resume-decision.ts'
import { type RunContext, warn } from './run-context.ts'
import { downloadFile, uploadFile } from './server-files.ts'
import { framesOf, isHeld, isWhole } from './whole-files.ts'

/** Decides how to go on with a video, and looks wherever that takes a look, more closely at files that are doubted. Throws PR_STATE. */
export async function decideVideo(
  context: RunContext,
  plan: Plan,
  doubted: ReadonlySet<OutputFile> = new Set(),
): Promise<Extract<ResumeDecision, { kind: 'deliver' | 'render' }>> {
  let facts = await firstFacts(context, plan)
  for (;;) {
    const decision = resumeDecision(plan, context.earlier, facts)
    if (decision.kind === 'refuse') throw nameTaken(context.runName, plan.videoName, decision.target)
    if (decision.kind !== 'look') return decision
    // The bucket was asked before the run began.
    facts =
      decision.at === 'bucket' ? { ...facts, isTaken: false } : await look(context, plan, facts, decision.at, doubted)
  }
}

/** A resumed run would render a film for an object that it could not replace. */
export function nameTaken(runName: string, video: string, { bucket, names }: UploadTarget): PromptRunnerError {
  const object = `gs://${bucket}/${names.film}`
  const message = `--resume ${runName}: its film of ${video} is in the bucket already (${object}), and would be another one now`
  return new PromptRunnerError('PR_STATE', message, {
    hint: 'Nothing in a bucket is ever replaced. Start a new run without --resume, or give the prompt and settings that the film was made with.',
  })
}

/** Brings the files of done jobs where they are needed, and tells what was lost. Gives the results of those jobs. */
export async function restoreFiles(
  context: RunContext,
  plan: Plan,
  decisions: ReadonlyMap<number, JobDecision>,
): Promise<ReadonlyMap<number, JobResult>> {
  const video = plan.videoName
  const results = new Map<number, JobResult>()
  for (const job of jobsOf(plan)) {
    const decision = decisions.get(job.workflowNumber)
    if (decision && 'result' in decision)
      results.set(job.workflowNumber, await restoreFile(context, plan, job, decision))
  }
  const all = [...decisions]
  const having = (test: (decision: JobDecision) => boolean) =>
    all.filter(([, decision]) => test(decision)).map(([number]) => number)
  const lacks = context.options.keepLatents ? 'This server lacks' : 'ComfyUI has lost'
  tell(context, video, `${lacks} files of jobs that were done`, {
    'run again': having((decision) => decision.kind === 'send' && decision.wasDone),
    'put back from the local copy': having(({ kind }) => kind === 'put-back'),
  })
  tell(context, video, 'Local files of jobs that were done are gone', {
    'downloaded again': having(({ kind }) => kind === 'fetch'),
  })
  return results
}

async function firstFacts(context: RunContext, plan: Plan): Promise<ResumeFacts> {
  const { clients, earlier, options, runName } = context
  const { videoName } = plan
  const done = earlier?.videos[videoName]?.done ?? {}
  const copies = new Set<string>()
  for (const job of jobsOf(plan)) {
    const result = done[job.workflowNumber]
    const { copy = null, digest } = result ? mainFileOf(result) : {}
    if (copy !== null && (await isWhole(context, plan, job, copy, digest))) copies.add(copy)
  }
  const { bucket, prefix } = clients.storage
  return {
    ...noFacts(options.upload ? { bucket, names: objectNames(prefix, runName, videoName) } : null),
    copies,
  }
}

async function look(
  context: RunContext,
  plan: Plan,
  facts: ResumeFacts,
  at: 'film' | readonly OutputFile[],
  doubted: ReadonlySet<OutputFile>,
): Promise<ResumeFacts> {
  if (at === 'film') {
    const film = filmOf(plan, context.earlier?.videos[plan.videoName])
    const crc32c = film && (await fileCrc32c(film.path).catch(() => null))
    return { ...facts, isPlaced: film !== null && crc32c === film.crc32c }
  }
  const held = new Map<OutputFile, boolean>(facts.held)
  for (const file of at) held.set(file, await isHeld(context, plan, file, { copies: facts.copies, doubted }))
  return { ...facts, held }
}

async function restoreFile(
  context: RunContext,
  plan: Plan,
  job: Job,
  { kind, result }: Extract<JobDecision, { result: JobResult }>,
): Promise<JobResult> {
  const { server, copy } = mainFileOf(result)
  if (kind === 'skip' || copy === null) return result
  if (kind === 'fetch') {
    const fetched = localCopy(context, plan, job)
    await downloadFile(context, { plan, frames: framesOf(job), file: server, path: fetched })
    return withMainFile(result, { copy: fetched })
  }
  const { filename: name, subfolder, type } = server
  return withMainFile(result, { server: await uploadFile(context, plan.videoName, copy, { name, subfolder, type }) })
}

function tell(
  context: RunContext,
  video: string,
  what: string,
  remedies: Readonly<Record<string, readonly number[]>>,
): void {
  const done = Object.entries(remedies).filter(([, jobs]) => jobs.length > 0)
  if (done.length === 0) return
  warn(context, `${what} (${done.map(([remedy, jobs]) => `${remedy}: ${jobs.join(', ')}`).join('; ')})`, video)
}
