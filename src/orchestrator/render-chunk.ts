import { annotatedName, chunkPart, inputFile, referenceUploadName, serverFolder } from '../config/layout.ts'
import { buildRenderWorkflow } from '../domain/build-workflow.ts'
import type { HighJob, LowJob, Plan, RenderJob } from '../domain/plan.ts'
import type { HighResult, LowResult, MadeFile, OutputFile } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { type JobToRun, madeBy } from './follow-prompt.ts'
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
  work: JobToRun<HighJob>,
  inputs: ChunkInputs,
): Promise<HighResult> {
  const { plan, job } = work
  const ran = await runJob(context, work, (attempt) =>
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
  work: JobToRun<LowJob>,
  inputs: ChunkInputs,
  high: HighResult,
): Promise<LowResult> {
  const { plan, job } = work
  const ran = await runJob(context, work, (attempt) =>
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

/** How a chunk gets its reference image: a frame of the chunk before it. */
export interface Reference {
  readonly chunk: number
  readonly frame: number
  /** The video of the chunk before. */
  readonly video: string
  /** The image's name on the server, if an earlier part of the run has uploaded it. */
  readonly known: string | undefined
}

/** Cuts the frame that steers a chunk, uploads it, and returns the name that the server gave it; not what the server still has. */
export async function handOnReference(
  context: RunContext,
  plan: Plan,
  { chunk, frame, video: from, known }: Reference,
): Promise<string> {
  const { videoName: video } = plan
  if (known !== undefined && (await hasFile(context, video, inputFile(known)))) return known
  const file = context.layout.referenceFrame(video, chunk)
  await context.clients.media.extractFrame(from, frame, file, context.signal)
  context.emit({ kind: 'reference-extracted', at: context.now(), video, chunk, frame, file })
  const stored = await uploadFile(context, video, file, { name: referenceUploadName(context.runName, video, chunk) })
  const name = annotatedName(stored)
  context.emit({ kind: 'reference-uploaded', at: context.now(), video, chunk, name })
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
