import { annotatedName, combinePart, serverFolder } from '../config/layout.ts'
import { buildCombineWorkflow } from '../domain/build-workflow.ts'
import type { CombineJob, Plan } from '../domain/plan.ts'
import type { JobResult } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { checkVideo } from './render-chunk.ts'
import type { RunContext } from './run-context.ts'
import { runJob } from './run-job.ts'
import { downloadFile } from './server-files.ts'

/**
 * Appends a chunk to the film of the job before (job 1 has none). The last film is downloaded and checked; others stay
 * on the server.
 */
export async function combineChunk(
  context: RunContext,
  plan: Plan,
  job: CombineJob,
  chunk: JobResult,
  before: JobResult | null,
): Promise<JobResult> {
  const video = chunk.outputs['video']
  const film = before?.outputs['film'] ?? null
  if (!video || (before && !film)) {
    throw new PromptRunnerError(
      'PR_NO_OUTPUT',
      `Combine job ${job.jobNumber} lacks the video of chunk ${job.chunk.number} or the film before it`,
    )
  }
  const result = await runJob(context, plan, job, (attempt) =>
    buildCombineWorkflow(context.templates, plan, job, {
      video: annotatedName(video),
      film: film && annotatedName(film),
      folder: serverFolder(context.runName, plan.videoName, combinePart(job.jobNumber), attempt),
    }),
  )
  const isLast = job.jobNumber === plan.combineJobs.length
  if (!isLast && !context.options.keepIntermediate) return result
  const path = context.layout.combined(plan.videoName, job.jobNumber)
  await downloadFile(context, plan.videoName, result.outputs['film']!, path)
  await checkVideo(context, plan, path, job.filmFrames)
  return { ...result, files: { film: path } }
}
