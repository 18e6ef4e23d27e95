import { filmName } from '../config/layout.ts'
import type { Job, Plan } from '../domain/plan.ts'
import type { CombineResult, JobResult, LowResult, ResultOf } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { forgottenPrompt } from './adopt-prompt.ts'
import { combineChunk, type FilmParts } from './combine-chunk.ts'
import { deliverFilm } from './deliver-film.ts'
import { withDigests } from './file-digest.ts'
import type { JobToRun } from './follow-prompt.ts'
import { placeFilm } from './place-film.ts'
import { type ChunkInputs, handOnReference, renderHigh, renderLow } from './render-chunk.ts'
import type { JobDecision } from './resume-decision.ts'
import { decideVideo, restoreFiles } from './resume-video.ts'
import { type RunContext, warn } from './run-context.ts'
import { uploadFile } from './server-files.ts'
import { sharedFilesOf } from './share.ts'

/** HIGH → LOW → reference frame → upload of it → next HIGH …, the combine jobs, then the film's way out. */
export async function runVideo(context: RunContext, plan: Plan): Promise<void> {
  const { videoName: video } = plan
  const decision = await decideVideo(context, plan)
  if (decision.kind === 'deliver') {
    const { film, results } = decision
    context.emit({ kind: 'video-started', at: context.now(), video, plan, skipped: [...results.keys()] })
    return deliverFilm(context, plan, film, [...results.values()])
  }
  context.spending.check()
  const skipped = await restoreFiles(context, plan, decision.jobs)
  context.emit({ kind: 'video-started', at: context.now(), video, plan, skipped: [...skipped.keys()] })
  const { perform, results } = performer(context, plan, decision.jobs, skipped)
  const last = await combineChunks(context, plan, perform, await renderChunks(context, plan, perform, skipped))
  if (!last?.film.copy) throw new Error(`the last job of ${video} brought no film home`)
  const { layout, runName, filmNames, earlier } = context
  const wanted = filmNames.get(video) ?? filmName(video)
  const path = await placeFilm(last.film.copy, layout.finalDir, { video, runName, wanted, isResumed: earlier !== null })
  await deliverFilm(context, plan, { kind: 'placed', path }, results)
}

type Perform = <J extends Job>(job: J, work: (job: JobToRun<J>) => Promise<ResultOf<J>>) => Promise<ResultOf<J>>

/** Runs jobs that are not done yet; `results` are those of all jobs so far, in order. */
function performer(
  context: RunContext,
  plan: Plan,
  decisions: ReadonlyMap<number, JobDecision>,
  skipped: ReadonlyMap<number, JobResult>,
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
    const made = await work({ plan, job, attempts, open }).catch((error) => {
      // A prompt that was adopted for a file that is damaged has to be sent anew: it would be found as damaged each time.
      if (!open || !isUnreadable(error)) throw error
      warn(context, `${error.message}; job ${workflow} is sent anew`, plan.videoName)
      return work({ plan, job, attempts: Math.max(attempts, open.attempt), open: null })
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

/** What cannot be read, was cut, or is not what was planned. */
function isUnreadable(error: unknown): error is PromptRunnerError {
  return error instanceof PromptRunnerError && ['PR_FFMPEG', 'PR_OUTPUT_MISMATCH'].includes(error.code)
}

function isOf<J extends Job>(job: J, result: JobResult): result is ResultOf<J> {
  return result.kind === job.kind
}

/** Gives the video of each chunk. */
async function renderChunks(
  context: RunContext,
  plan: Plan,
  perform: Perform,
  skipped: ReadonlyMap<number, JobResult>,
): Promise<LowResult[]> {
  const isDone = (job: Job) => skipped.has(job.workflowNumber)
  const isAllDone = plan.passes.every(({ high, low }) => isDone(high) && isDone(low))
  const given = isAllDone ? { referenceImage: null, controlVideo: null } : await uploadInputs(context, plan)
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
async function uploadInputs(context: RunContext, plan: Plan): Promise<ChunkInputs> {
  const upload = async (path: string | null) =>
    path === null ? null : (await uploadFile(context, plan.videoName, path)).filename
  return { referenceImage: await upload(plan.referenceImage), controlVideo: await upload(plan.controlVideo) }
}
