import { rm } from 'node:fs/promises'
import { filmName } from '../config/layout.ts'
import { allOf } from '../domain/all-of.ts'
import { isJoinedHere, type Job, type Plan } from '../domain/plan.ts'
import type { CombineResult, JobResult, LowResult, ResultOf } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import type { OpenPrompt, RunState } from '../state/run-state.ts'
import { forgottenPrompt } from './adopt-prompt.ts'
import { combineChunk, type FilmParts } from './combine-chunk.ts'
import { deliverFilm } from './deliver-film.ts'
import { hasDigest, withDigests } from './file-digest.ts'
import type { JobToRun } from './follow-prompt.ts'
import { joinChunks } from './join-chunks.ts'
import { afterLoss, type SentInput } from './lost-inputs.ts'
import { placeFilm } from './place-film.ts'
import { type ChunkInputs, handOnReference, renderHigh, renderLow } from './render-chunk.ts'
import type { JobDecision, ResumeDecision } from './resume-decision.ts'
import { decideVideo, restoreFiles } from './resume-video.ts'
import { type RunContext, warn } from './run-context.ts'
import { uploadFile } from './server-files.ts'
import { type SharedFile, sharedFilesOf } from './share.ts'

/**
 * HIGH → LOW → reference frame → upload of it → next HIGH …, the combine jobs, then the film's way out. Where the server has lost what a
 * job needs, it goes on as a run that is resumed.
 */
export async function runVideo(context: RunContext, plan: Plan, stateNow: () => RunState): Promise<void> {
  const sent: SentInput[] = []
  let now: NonNullable<Awaited<ReturnType<typeof afterLoss>>> = { context, decision: await decideVideo(context, plan) }
  /** How many jobs were done when files were lost: a job that is no better off with all that it needs has failed by itself. */
  const losses = new Set<number>()
  for (;;) {
    try {
      return await goOn(now.context, plan, now.decision, { stateNow, sent })
    } catch (error) {
      if (!mayLackFiles(error) || context.signal.aborted || context.closing.aborted) throw error
      const state = stateNow()
      const done = Object.keys(state.videos[plan.videoName]?.done ?? {}).length
      const after = losses.has(done) ? null : await afterLoss(context, plan, state, sent)
      if (!after) throw error
      losses.add(done)
      const what = 'files that it needs are damaged or gone on the server, and are put back or made again'
      warn(context, `${error.message}: ${what}`, plan.videoName)
      now = after
    }
  }
}

function mayLackFiles(error: unknown): error is PromptRunnerError {
  return error instanceof PromptRunnerError && ['PR_COMFY_REJECTED', 'PR_COMFY_FAILED'].includes(error.code)
}

interface Around {
  /** What is known of the run by now. */
  stateNow(): RunState
  /** Is told of the user's inputs that are put on the server. */
  readonly sent: SentInput[]
}

async function goOn(
  context: RunContext,
  plan: Plan,
  decision: Extract<ResumeDecision, { kind: 'deliver' | 'render' }>,
  around: Around,
): Promise<void> {
  const { videoName: video } = plan
  if (decision.kind === 'deliver') {
    const { film, results } = decision
    context.emit({ kind: 'video-started', at: context.now(), video, plan, skipped: [...results.keys()] })
    return deliverFilm(context, plan, film, [...results.values()])
  }
  context.spending.check()
  const skipped = await restoreFiles(context, plan, decision.jobs)
  context.emit({ kind: 'video-started', at: context.now(), video, plan, skipped: [...skipped.keys()] })
  if (context.share) await context.share.send(await heldHere(context, video, [...skipped.values()]))
  const { perform, results } = performer(context, plan, { decisions: decision.jobs, skipped, ...around })
  const videos = await renderChunks(context, plan, perform, { skipped, sent: around.sent })
  const made = isJoinedHere(plan)
    ? await joinChunks(context, plan, videos)
    : (await combineChunks(context, plan, perform, videos))?.film.copy
  if (!made) throw new Error(`the last job of ${video} brought no film home`)
  const { layout, runName, filmNames, earlier } = context
  const wanted = filmNames.get(video) ?? filmName(video)
  const path = await placeFilm(made, layout.finalDir, { video, runName, wanted, isResumed: earlier !== null })
  // It is no file of a job, which a clean-up would know of.
  if (isJoinedHere(plan)) await rm(made, { force: true })
  await deliverFilm(context, plan, { kind: 'placed', path }, results)
}

/** What earlier parts of the run have brought here, if it is here still: they may not have been shared. */
async function heldHere(context: RunContext, video: string, results: readonly JobResult[]): Promise<SharedFile[]> {
  const references = Object.entries(context.earlier?.videos[video]?.referenceFiles ?? {})
  const files = [
    ...results.flatMap(sharedFilesOf),
    ...references.map(([chunk, digest]) => ({ path: context.layout.referenceFrame(video, Number(chunk)), digest })),
  ]
  const held = await allOf(files.map(({ path, digest }) => hasDigest(path, digest)))
  return files.filter((_, index) => held[index])
}

type Perform = <J extends Job>(job: J, work: (job: JobToRun<J>) => Promise<ResultOf<J>>) => Promise<ResultOf<J>>

interface Known {
  readonly decisions: ReadonlyMap<number, JobDecision>
  readonly skipped: ReadonlyMap<number, JobResult>
}

/** Runs jobs that are not done yet; `results` are those of all jobs so far, in order. */
function performer(
  context: RunContext,
  plan: Plan,
  { decisions, skipped, stateNow }: Known & Pick<Around, 'stateNow'>,
): { perform: Perform; results: readonly JobResult[] } {
  const results: JobResult[] = []
  const perform: Perform = async (job, work) => {
    context.signal.throwIfAborted()
    const { workflowNumber: workflow } = job
    const before = skipped.get(workflow)
    if (before && isOf(job, before)) {
      results.push(before)
      return before
    }
    context.closing.throwIfAborted()
    context.spending.check(job)
    await context.share?.check()
    const decision = decisions.get(workflow)
    const known = decision && 'attempts' in decision ? decision : { attempts: 0, open: null }
    const { attempts, open } = await forgottenPrompt(context, plan, job, known)
    const named = () => stateNow().videos[plan.videoName]?.named[workflow] ?? []
    const made = await work({ plan, job, attempts, open, named }).catch((error) => {
      // What is damaged on the server would be found as damaged each time. Once: a job that makes nothing better is not paid for again.
      if (!isFileLost(error, open)) throw error
      warn(context, `${error.message}; job ${workflow} is sent anew`, plan.videoName)
      const sent = stateNow().videos[plan.videoName]?.attempts[workflow] ?? 0
      return work({ plan, job, attempts: Math.max(attempts, open?.attempt ?? 0, sent), open: null, named })
    })
    const result = await withDigests(made)
    results.push(result)
    context.spending.took(job, result.tookMs)
    context.emit({ kind: 'job-finished', at: context.now(), video: plan.videoName, workflow, result })
    await context.share?.send(sharedFilesOf(result))
    return result
  }
  return { perform, results }
}

/** What only its job can make again; of a prompt that was adopted, also what is not what was planned. */
function isFileLost(error: unknown, open: OpenPrompt | null): error is PromptRunnerError {
  if (!(error instanceof PromptRunnerError)) return false
  return error.isFileLost || (open !== null && error.code === 'PR_OUTPUT_MISMATCH')
}

function isOf<J extends Job>(job: J, result: JobResult): result is ResultOf<J> {
  return result.kind === job.kind
}

/** Gives the video of each chunk. */
async function renderChunks(
  context: RunContext,
  plan: Plan,
  perform: Perform,
  { skipped, sent }: Pick<Known, 'skipped'> & Pick<Around, 'sent'>,
): Promise<LowResult[]> {
  const isDone = (job: Job) => skipped.has(job.workflowNumber)
  const isAllDone = plan.passes.every(({ high, low }) => isDone(high) && isDone(low))
  const given = isAllDone ? { referenceImage: null, controlVideo: null } : await uploadInputs(context, plan, sent)
  const videos: LowResult[] = []
  for (const { high, low } of plan.passes) {
    const { number, referenceFrame: frame } = high.chunk
    const previous = videos.at(-1)
    let { referenceImage } = given
    if (previous && frame !== null && !(isDone(high) && isDone(low))) {
      // HIGH's latent was made with this very image, so LOW gets it by the name it had.
      const known = isDone(high) ? context.earlier?.videos[plan.videoName]?.references[number] : undefined
      referenceImage = await handOnReference(context, plan, { chunk: number, frame, video: previous.video.copy, known })
    }
    const inputs: ChunkInputs = { referenceImage, controlVideo: given.controlVideo }
    const latent = await perform(high, (job) => renderHigh(context, job, inputs))
    videos.push(await perform(low, (job) => renderLow(context, job, inputs, latent)))
  }
  return videos
}

/** Gives what the last job leaves: the film. */
async function combineChunks(
  context: RunContext,
  plan: Plan,
  perform: Perform,
  videos: readonly LowResult[],
): Promise<CombineResult | null> {
  let film: CombineResult | null = null
  for (const job of plan.combineJobs) {
    const parts: FilmParts = { chunk: videos[job.chunk.number - 1], before: film }
    film = await perform(job, (work) => combineChunk(context, work, parts))
  }
  return film
}

/** The user's own reference image and control video, sent to the server under the names it chooses. */
async function uploadInputs(context: RunContext, plan: Plan, sent: SentInput[]): Promise<ChunkInputs> {
  sent.splice(0)
  const upload = async (path: string | null) => {
    if (path === null) return null
    const server = await uploadFile(context, plan.videoName, path)
    sent.push({ server, path })
    return server.filename
  }
  return { referenceImage: await upload(plan.referenceImage), controlVideo: await upload(plan.controlVideo) }
}
