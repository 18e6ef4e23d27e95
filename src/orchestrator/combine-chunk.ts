import { annotatedName, combinePart, serverFolder } from '../config/layout.ts'
import { buildCombineWorkflow } from '../domain/build-workflow.ts'
import type { CombineJob } from '../domain/plan.ts'
import type { CombineResult, LowResult } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { bringHome } from './bring-home.ts'
import { type JobToRun, madeBy } from './follow-prompt.ts'
import { localCopy } from './local-copy.ts'
import type { RunContext } from './run-context.ts'
import { runJob } from './run-job.ts'

/** What a film is combined from: one more chunk, and the film so far. */
export interface FilmParts {
  readonly chunk: LowResult | undefined
  readonly before: CombineResult | null
}

/**
 * Appends a chunk to the film of the job before (job 1 has none). The last film is downloaded and checked; others stay
 * on the server.
 */
export async function combineChunk(
  context: RunContext,
  work: JobToRun<CombineJob>,
  { chunk, before }: FilmParts,
): Promise<CombineResult> {
  const { plan, job } = work
  if (!chunk || (job.jobNumber > 1 && !before)) {
    throw new PromptRunnerError(
      'PR_NO_OUTPUT',
      `Combine job ${job.jobNumber} lacks the video of chunk ${job.chunk.number} or the film before it`,
    )
  }
  const ran = await runJob(context, work, (attempt) =>
    buildCombineWorkflow(context.templates, plan, job, {
      video: annotatedName(chunk.video.server),
      film: before && annotatedName(before.film.server),
      folder: serverFolder(context.runName, plan.videoName, combinePart(job.jobNumber), attempt),
    }),
  )
  const result = { kind: 'combine', promptId: ran.promptId, tookMs: ran.tookMs } as const
  const server = madeBy(ran, 'film')
  const isLast = job.jobNumber === plan.combineJobs.length
  if (!isLast && !context.options.keepIntermediate) return { ...result, film: { server, copy: null } }
  const copy = localCopy(context, plan, job)
  await bringHome(context, plan, { file: server, frames: job.filmFrames, path: copy })
  return { ...result, film: { server, copy } }
}
