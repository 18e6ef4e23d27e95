import { annotatedName, chunkPart, inputFile, referenceUploadName, serverFolder } from '../config/layout.ts'
import { buildRenderWorkflow } from '../domain/build-workflow.ts'
import type { Chunk, HighJob, LowJob, Plan, RenderJob } from '../domain/plan.ts'
import type { HighResult, LowResult, MadeFile, OutputFile } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import type { RunContext } from './run-context.ts'
import { madeBy, runJob } from './run-job.ts'
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
  job: HighJob,
  inputs: ChunkInputs,
): Promise<HighResult> {
  const ran = await runJob(context, plan, job, (attempt) =>
    buildRenderWorkflow(context.templates, plan, job, {
      ...inputs,
      latent: null,
      folder: serverFolder(context.runName, plan.videoName, chunkPart(job.chunk.number), attempt),
    }),
  )
  const latent = await keptLatent(context, plan, job, madeBy(ran, 'latent'))
  return { kind: 'high', promptId: ran.promptId, latent, tookMs: ran.tookMs }
}

/** The LOW pass: takes HIGH's latent by its name on the server, and brings home the chunk's video, checked against the plan. */
export async function renderLow(
  context: RunContext,
  plan: Plan,
  job: LowJob,
  inputs: ChunkInputs,
  high: HighResult,
): Promise<LowResult> {
  const ran = await runJob(context, plan, job, (attempt) =>
    buildRenderWorkflow(context.templates, plan, job, {
      ...inputs,
      latent: annotatedName(high.latent.server),
      folder: serverFolder(context.runName, plan.videoName, chunkPart(job.chunk.number), attempt),
    }),
  )
  const { promptId, outputs, tookMs } = ran
  const latent = outputs.latent ? await keptLatent(context, plan, job, outputs.latent) : null
  const server = madeBy(ran, 'video')
  const copy = context.layout.chunkVideo(plan.videoName, job.chunk.number)
  await downloadFile(context, plan.videoName, server, copy)
  await checkVideo(context, plan, copy, job.chunk.renderFrames)
  return { kind: 'low', promptId, video: { server, copy }, latent, tookMs }
}

/**
 * Cuts the frame that steers the next chunk, uploads it, and returns the name that the server gave it: `known` when an earlier part
 * of the run has done all that and the server still has it.
 */
export async function handOnReference(
  context: RunContext,
  plan: Plan,
  next: Chunk,
  { video: previous, frame }: { video: string; frame: number },
  known?: string,
): Promise<string> {
  const { media } = context.clients
  if (known !== undefined && (await hasFile(context, plan.videoName, inputFile(known)))) return known
  const file = context.layout.referenceFrame(plan.videoName, next.number)
  const where = { video: plan.videoName, chunk: next.number }
  await media.extractFrame(previous, frame, file, context.signal)
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

/** A latent stays on the server, unless everything is to be kept here. */
async function keptLatent(context: RunContext, plan: Plan, job: RenderJob, server: OutputFile): Promise<MadeFile> {
  if (!context.options.keepIntermediate) return { server, copy: null }
  const copy = context.layout.latent(plan.videoName, job.chunk.number, job.kind)
  await downloadFile(context, plan.videoName, server, copy)
  return { server, copy }
}
