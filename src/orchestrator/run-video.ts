import { filmName, objectNames } from '../config/layout.ts'
import type { Job, Plan } from '../domain/plan.ts'
import { jobsOf } from '../domain/plan.ts'
import type { CombineResult, JobResult, LowResult, ResultOf } from '../domain/run-event.ts'
import { cleanUp } from './clean-up.ts'
import { combineChunk, type FilmParts } from './combine-chunks.ts'
import { finishUploaded, finishVideo } from './finish-video.ts'
import { isPlannedAs, jobsToSkip } from './jobs-to-skip.ts'
import { withoutLostFiles } from './lost-files.ts'
import { type MadeFilm, madeFilm, type UploadTarget } from './made-film.ts'
import { placeFilm } from './place-film.ts'
import { type ChunkInputs, handOnReference, renderHigh, renderLow } from './render-chunk.ts'
import type { RunContext } from './run-context.ts'
import { uploadFile } from './server-files.ts'

/** HIGH → LOW → reference frame → upload of it → next HIGH …, the combine jobs, then the film's way out. */
export async function runVideo(context: RunContext, plan: Plan): Promise<void> {
  const { videoName: video } = plan
  const earlier = context.earlier?.videos[video]
  const target = targetOf(context, video)
  const wasDone = jobsToSkip(plan, earlier)
  const made = await madeFilm(plan, earlier, target)
  // A manifest names every job's prompt.
  const isMade = made.kind === 'finished' || (made.kind !== 'none' && wasDone.size === jobsOf(plan).length)
  const skipped = isMade ? wasDone : await withoutLostFiles(context, plan, wasDone)
  context.emit({ kind: 'video-started', at: context.now(), video, plan, skipped: [...skipped.keys()] })
  if (isMade) return deliver(context, plan, made, [...skipped.values()])
  const done = new Map(skipped)
  const results = () => [...done].sort(([a], [b]) => a - b).map(([, result]) => result)
  const perform = async <J extends Job>(job: J, work: () => Promise<ResultOf<J>>): Promise<ResultOf<J>> => {
    context.signal.throwIfAborted()
    const before = resultOf(skipped, job)
    if (before) return before
    const result = await work()
    done.set(job.workflowNumber, result)
    context.emit({ kind: 'job-finished', at: context.now(), video, workflow: job.workflowNumber, result })
    return result
  }

  const isToRender = plan.passes.some(({ low }) => !skipped.has(low.workflowNumber))
  const given = isToRender ? await uploadInputs(context, plan) : { referenceImage: null, controlVideo: null }
  const chunks = new Map<number, LowResult>()
  let previous: LowResult | null = null
  for (const { high, low } of plan.passes) {
    let rendered = resultOf(skipped, low)
    if (!rendered) {
      const { chunk } = high
      // HIGH's latent was made with this very image, so LOW gets it by the name it had.
      const known = skipped.has(high.workflowNumber) ? earlier?.references[chunk.number] : undefined
      const referenceImage =
        previous === null || chunk.referenceFrame === null
          ? given.referenceImage
          : await handOnReference(
              context,
              plan,
              chunk,
              { video: previous.video.copy, frame: chunk.referenceFrame },
              known,
            )
      const inputs: ChunkInputs = { referenceImage, controlVideo: given.controlVideo }
      const latent = await perform(high, () => renderHigh(context, plan, high, inputs))
      rendered = await perform(low, () => renderLow(context, plan, low, inputs, latent))
    }
    chunks.set(high.chunk.number, rendered)
    previous = rendered
  }

  let last: CombineResult | null = null
  for (const job of plan.combineJobs) {
    const parts: FilmParts = { chunk: chunks.get(job.chunk.number), before: last }
    last = await perform(job, () => combineChunk(context, plan, job, parts))
  }
  const { layout, runName, filmNames } = context
  if (!last?.film.copy) throw new Error(`the last job of ${video} brought no film home`)
  const wanted = filmNames.get(video) ?? filmName(video)
  const film = await placeFilm(last.film.copy, layout.finalDir, { video, runName, wanted })
  await finishVideo(context, plan, film, results())
}

function resultOf<J extends Job>(results: ReadonlyMap<number, JobResult>, job: J): ResultOf<J> | null {
  const result = results.get(job.workflowNumber)
  return result?.kind === job.kind ? (result as ResultOf<J>) : null
}

/** What lacks of a film that an earlier part of the run has made. */
async function deliver(
  context: RunContext,
  plan: Plan,
  made: Exclude<MadeFilm, { kind: 'none' }>,
  results: readonly JobResult[],
): Promise<void> {
  if (made.kind === 'placed') return finishVideo(context, plan, made.film, results)
  if (made.kind === 'uploaded') return finishUploaded(context, plan, made.film, made.object, results)
  const { videoName: video, totalFrames: frames } = plan
  const earlier = context.earlier?.videos[video]
  // It may have ended in its clean-up. What lies here of another plan is not its to clean up.
  const isOwn = earlier !== undefined && isPlannedAs(plan, earlier.jobIds)
  if (isOwn && earlier.status !== 'finished') await cleanUp(context, plan, results, made.object)
  context.emit({ kind: 'video-finished', at: context.now(), video, film: made.film, frames })
}

/** Where the film goes; null when it stays here. */
function targetOf({ clients, options, runName }: RunContext, video: string): UploadTarget | null {
  if (!options.upload) return null
  const { bucket, prefix } = clients.storage
  return { bucket, names: objectNames(prefix, runName, video) }
}

/** The user's own reference image and control video, sent to the server under the names it chooses. */
async function uploadInputs(context: RunContext, plan: Plan): Promise<ChunkInputs> {
  const upload = async (path: string | null) =>
    path === null ? null : (await uploadFile(context, plan.videoName, path)).filename
  return { referenceImage: await upload(plan.referenceImage), controlVideo: await upload(plan.controlVideo) }
}
