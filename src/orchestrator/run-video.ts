import { existsSync } from 'node:fs'
import type { Job, Plan, RenderJob } from '../domain/plan-types.ts'
import type { JobResult } from '../domain/run-event.ts'
import type { VideoState } from '../state/run-state.ts'
import { combineChunk } from './combine-chunks.ts'
import { finishVideo } from './finish-video.ts'
import { type ChunkInputs, handOnReference, renderHigh, renderLow } from './render-chunk.ts'
import type { RunContext } from './run-context.ts'

/** HIGH → LOW → reference frame → upload of it → next HIGH …, the combine jobs, then the film's way out. */
export async function runVideo(context: RunContext, plan: Plan, earlier: VideoState | undefined): Promise<void> {
  const skipped = jobsToSkip(plan, earlier)
  context.emit({ kind: 'video-started', at: context.now(), video: plan.videoName, plan, skipped: [...skipped] })
  const done = new Map<number, JobResult>()
  const perform = async (job: Job, work: () => Promise<JobResult>) => {
    context.signal.throwIfAborted()
    const result = skipped.has(job.workflowNumber) ? earlier!.done[job.workflowNumber]! : await work()
    done.set(job.workflowNumber, result)
    if (skipped.has(job.workflowNumber)) return result
    context.emit({
      kind: 'job-finished',
      at: context.now(),
      video: plan.videoName,
      workflow: job.workflowNumber,
      result,
    })
    return result
  }

  const uploaded = await uploadInputs(context, plan)
  let previousVideo: string | undefined
  for (const [high, low] of passes(plan)) {
    const bothDone = skipped.has(high.workflowNumber) && skipped.has(low.workflowNumber)
    const inputs: ChunkInputs = {
      controlVideo: uploaded.controlVideo,
      referenceImage: bothDone
        ? null
        : previousVideo === undefined
          ? uploaded.referenceImage
          : (reusableReference(earlier, high, skipped) ??
            (await handOnReference(context, plan, high.chunk, previousVideo))),
    }
    const highResult = await perform(high, () => renderHigh(context, plan, high, inputs))
    const lowResult = await perform(low, () => renderLow(context, plan, low, inputs, highResult))
    previousVideo = lowResult.files['video']
  }

  let film: JobResult | null = null
  for (const job of plan.combineJobs) {
    const chunk = done.get(job.chunk.number * 2)!
    const before: JobResult | null = film
    film = await perform(job, () => combineChunk(context, plan, job, chunk, before))
  }
  await finishVideo(context, plan, film!, [...done.values()])
}

/** Pairs of HIGH and LOW, chunk by chunk. */
function passes(plan: Plan): Array<[high: RenderJob, low: RenderJob]> {
  return plan.chunks.map((_, index) => [plan.renderJobs[index * 2]!, plan.renderJobs[index * 2 + 1]!])
}

/** A job is skipped when the same job was recorded as done, its local files are still there, and all it depends on is skipped too. */
function jobsToSkip(plan: Plan, earlier: VideoState | undefined): Set<number> {
  const skipped = new Set<number>()
  if (!earlier) return skipped
  for (const job of [...plan.renderJobs, ...plan.combineJobs]) {
    const result = earlier.done[job.workflowNumber]
    const same = earlier.jobIds[job.workflowNumber] === job.jobId
    const filesThere = result && Object.values(result.files).every((file) => existsSync(file))
    if (same && filesThere && job.dependsOn.every((number) => skipped.has(number))) skipped.add(job.workflowNumber)
  }
  return skipped
}

function reusableReference(
  earlier: VideoState | undefined,
  high: RenderJob,
  skipped: ReadonlySet<number>,
): string | undefined {
  return skipped.has(high.workflowNumber) ? earlier?.references[high.chunk.number] : undefined
}

/** The user's own reference image and control video, sent to the server under the names it chooses. */
async function uploadInputs(context: RunContext, plan: Plan): Promise<ChunkInputs> {
  const upload = async (path: string | null) =>
    path === null ? null : (await context.clients.comfyui.upload(path, {}, context.signal)).filename
  return { referenceImage: await upload(plan.referenceImage), controlVideo: await upload(plan.controlVideo) }
}
