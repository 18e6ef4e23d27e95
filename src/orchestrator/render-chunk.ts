import { annotatedName, chunkPart, inputFile, referenceUploadName, serverFolder } from '../config/layout.ts'
import { buildRenderWorkflow } from '../domain/build-workflow.ts'
import type { Chunk, Plan, RenderJob } from '../domain/plan.ts'
import type { JobResult } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import type { RunContext } from './run-context.ts'
import { runJob } from './run-job.ts'
import { downloadFile, hasFile, uploadFile } from './server-files.ts'

/** Names on the ComfyUI server of the images and videos that a chunk is made from. */
export interface ChunkInputs {
  readonly referenceImage: string | null
  readonly controlVideo: string | null
}

/** The HIGH pass of a chunk: noise to a half-denoised latent that stays on the server. */
export async function renderHigh(
  context: RunContext,
  plan: Plan,
  job: RenderJob,
  inputs: ChunkInputs,
): Promise<JobResult> {
  const result = await runJob(context, plan, job, (attempt) =>
    buildRenderWorkflow(context.templates, plan, job, {
      ...inputs,
      latent: null,
      folder: serverFolder(context.runName, plan.videoName, chunkPart(job.chunk.number), attempt),
    }),
  )
  return context.options.keepIntermediate ? withLatent(context, plan, job, result) : result
}

/** The LOW pass: takes HIGH's latent by its name on the server, and brings home the chunk's video, checked against the plan. */
export async function renderLow(
  context: RunContext,
  plan: Plan,
  job: RenderJob,
  inputs: ChunkInputs,
  high: JobResult,
): Promise<JobResult> {
  const latent = high.outputs['latent']
  if (!latent)
    throw new PromptRunnerError(
      'PR_NO_OUTPUT',
      `Job ${job.workflowNumber} needs the latent of job ${job.workflowNumber - 1}, which has none`,
    )
  const rendered = await runJob(context, plan, job, (attempt) =>
    buildRenderWorkflow(context.templates, plan, job, {
      ...inputs,
      latent: annotatedName(latent),
      folder: serverFolder(context.runName, plan.videoName, chunkPart(job.chunk.number), attempt),
    }),
  )
  const result = context.options.keepIntermediate ? await withLatent(context, plan, job, rendered) : rendered
  const video = context.layout.chunkVideo(plan.videoName, job.chunk.number)
  await downloadFile(context, plan.videoName, result.outputs['video']!, video)
  await checkVideo(context, plan, video, job.chunk.renderFrames)
  return { ...result, files: { ...result.files, video } }
}

/**
 * Cuts the frame that steers the next chunk, uploads it, and returns the name that the server gave it: `known` when an earlier part
 * of the run has done all that and the server still has it.
 */
export async function handOnReference(
  context: RunContext,
  plan: Plan,
  next: Chunk,
  previousVideo: string,
  known?: string,
): Promise<string> {
  const { media } = context.clients
  if (known !== undefined && (await hasFile(context, plan.videoName, inputFile(known)))) return known
  const file = context.layout.referenceFrame(plan.videoName, next.number)
  const frame = next.referenceFrame!
  const where = { video: plan.videoName, chunk: next.number }
  await media.extractFrame(previousVideo, frame, file, context.signal)
  context.emit({ kind: 'reference-extracted', at: context.now(), ...where, frame, file })
  const wanted = referenceUploadName(context.runName, plan.videoName, next.number)
  const stored = await uploadFile(context, plan.videoName, file, { name: wanted })
  const name = annotatedName(stored)
  context.emit({ kind: 'reference-uploaded', at: context.now(), ...where, name })
  return name
}

/** Throws PR_OUTPUT_MISMATCH when a video has not the planned frame count, size or rate. */
export async function checkVideo(context: RunContext, plan: Plan, path: string, frames: number): Promise<void> {
  const actual = await context.clients.media.probe(path, context.signal)
  const wrong = [
    actual.frames === frames ? null : `${actual.frames} frames instead of ${frames}`,
    actual.width === plan.width && actual.height === plan.height
      ? null
      : `${actual.width}x${actual.height} instead of ${plan.width}x${plan.height}`,
    Math.abs(actual.fps - plan.fps) < 0.01 ? null : `${actual.fps} fps instead of ${plan.fps}`,
  ].filter((text) => text !== null)
  if (wrong.length === 0) return
  throw new PromptRunnerError('PR_OUTPUT_MISMATCH', `Checking ${path} failed: it has ${wrong.join(', ')}`, {
    hint: 'The workflow renders something else than was planned: check length, size, fps and the trimming in the template and its bindings.',
  })
}

async function withLatent(context: RunContext, plan: Plan, job: RenderJob, result: JobResult): Promise<JobResult> {
  const path = context.layout.latent(plan.videoName, job.chunk.number, job.kind)
  await downloadFile(context, plan.videoName, result.outputs['latent']!, path)
  return { ...result, files: { ...result.files, latent: path } }
}
