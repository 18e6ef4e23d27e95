import { stat } from 'node:fs/promises'
import { annotatedName, chunkPart, inputFile, referenceUploadName, serverFolder } from '../config/layout.ts'
import { buildRenderWorkflow } from '../domain/build-workflow.ts'
import type { HighJob, LowJob, Plan, RenderJob } from '../domain/plan.ts'
import type { HighResult, LowResult, MadeFile, OutputFile } from '../domain/run-event.ts'
import { bringHome } from './bring-home.ts'
import { digestOf, hasDigest } from './file-digest.ts'
import { type JobToRun, madeBy } from './follow-prompt.ts'
import { localCopy } from './local-copy.ts'
import { restOfLow } from './rest-of-job.ts'
import type { RunContext } from './run-context.ts'
import { runJob } from './run-job.ts'
import { downloadFile, hasFile, sizeOnServer, uploadFile } from './server-files.ts'
import { checkLatent } from './whole-files.ts'

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
  return { kind: 'high', promptId: ran.promptId, latent, tookMs: ran.tookMs, ...ran.timed }
}

/** The LOW pass: takes HIGH's latent by its name on the server, and brings home the chunk's video, checked against the plan. */
export async function renderLow(
  context: RunContext,
  work: JobToRun<LowJob>,
  inputs: ChunkInputs,
  high: HighResult,
): Promise<LowResult> {
  const { plan, job } = work
  const build = (attempt: number) =>
    buildRenderWorkflow(context.templates, plan, job, {
      ...inputs,
      latent: annotatedName(high.latent.server),
      folder: serverFolder(context.runName, plan.videoName, chunkPart(job.chunk.number), attempt),
    })
  const rest = restOfLow(context, work, inputs)
  const ran = await runJob(context, work, build, rest)
  const { promptId, outputs, tookMs, timed, attempt } = ran
  const saved = outputs.latent ?? rest.latent(attempt)
  const latent = saved ? await keptLatent(context, plan, job, saved) : null
  const server = madeBy(ran, 'video')
  const copy = localCopy(context, plan, job)
  await bringHome(context, plan, { file: server, frames: job.chunk.renderFrames, path: copy })
  return { kind: 'low', promptId, video: { server, copy }, latent, tookMs, ...timed }
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
  const file = context.layout.referenceFrame(video, chunk)
  if (known !== undefined && (await isSent(context, video, inputFile(known), file))) return known
  // HIGH has seen this very picture; another version of ffmpeg may write another file.
  const kept = known === undefined ? undefined : context.earlier?.videos[video]?.referenceFiles[chunk]
  if (!kept || !(await hasDigest(file, kept))) {
    await context.clients.media.extractFrame(from, frame, file, context.signal)
    const digest = await digestOf(file)
    context.emit({ kind: 'reference-extracted', at: context.now(), video, chunk, frame, file, digest })
    await context.share?.send([{ path: file, digest }])
  }
  const stored = await uploadFile(context, video, file, { name: referenceUploadName(context.runName, video, chunk) })
  const name = annotatedName(stored)
  context.emit({ kind: 'reference-uploaded', at: context.now(), video, chunk, name })
  return name
}

/** Whether the server has an input as it was sent, as far as its local copy can tell. */
export async function isSent(context: RunContext, video: string, server: OutputFile, copy: string): Promise<boolean> {
  if (!(await hasFile(context, video, server))) return false
  const sent = await stat(copy).catch(() => null)
  const size = await sizeOnServer(context, video, server)
  return size !== 0 && (sent === null || size === null || sent.size === size)
}

/** A latent stays on the server, unless everything is to be kept here or in the bucket, or the film may have to go on elsewhere. */
async function keptLatent(context: RunContext, plan: Plan, job: RenderJob, server: OutputFile): Promise<MadeFile> {
  const { keepIntermediate, keepLatents } = context.options
  if (!keepIntermediate && !keepLatents && !context.share) return { server, copy: null }
  const copy = context.layout.latent(plan.videoName, job.chunk.number, job.kind)
  await downloadFile(context, { plan, frames: job.chunk.renderFrames, file: server, path: copy })
  await checkLatent(plan, job, copy)
  return { server, copy }
}
