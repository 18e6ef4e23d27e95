import { existsSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import type { Job, Plan } from '../domain/plan.ts'
import { jobsOf } from '../domain/plan.ts'
import { type FileDigest, mainFileOf, type OutputFile } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { readTensorShapes } from '../files/safetensors-file.ts'
import { checkVideo } from './check-video.ts'
import { hasDigest } from './file-digest.ts'
import { foreignBody } from './foreign-body.ts'
import { localCopy } from './local-copy.ts'
import type { RunContext } from './run-context.ts'
import { downloadFile, hasFile, sizeOnServer } from './server-files.ts'

// What cannot be read of a file that an earlier part of the run left is as good as not there: it is fetched again, put back, or made
// again by its job, wherever it was damaged.

/**
 * Whether a local copy of what a job made is there and is what came, or was planned where nobody wrote down what came. A latent may have
 * come from the server as damaged as it was there.
 */
export async function isWhole(
  context: RunContext,
  plan: Plan,
  job: Job,
  path: string,
  digest?: FileDigest,
): Promise<boolean> {
  if (digest) return (await hasDigest(path, digest)) && (job.kind !== 'high' || isLatentOf(plan, job, path))
  if (!existsSync(path) || (await foreignBody(path)) !== null) return false
  if (job.kind === 'high') return isLatentOf(plan, job, path)
  try {
    await checkVideo(context, plan, path, framesOf(job))
    return true
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof PromptRunnerError && ['PR_FFMPEG', 'PR_OUTPUT_MISMATCH'].includes(error.code)) return false
    throw error
  }
}

/** Frames of what a job makes. */
export function framesOf(job: Job): number {
  return job.kind === 'combine' ? job.filmFrames : job.chunk.renderFrames
}

/** How closely files are looked at. */
export interface Look {
  /** Local copies that are sound. */
  readonly copies: ReadonlySet<string>
  /** Files of the server that something was wrong with, so that their size says nothing. */
  readonly doubted: ReadonlySet<OutputFile>
}

/**
 * Whether the server has what a job made, as it was planned. A video of the size of its sound copy here is taken for the same, unless
 * it is doubted; what has none here, or whose size the server does not say, is downloaded for the look.
 */
export async function isHeld(
  context: RunContext,
  plan: Plan,
  server: OutputFile,
  { copies, doubted }: Look,
): Promise<boolean> {
  const { videoName: video } = plan
  if (!(await hasFile(context, video, server))) return false
  const done = context.earlier?.videos[video]?.done ?? {}
  const job = jobsOf(plan).find(({ workflowNumber }) => {
    const result = done[workflowNumber]
    return result && mainFileOf(result).server === server
  })
  if (!job) return true
  const { copy } = mainFileOf(done[job.workflowNumber]!)
  const isSure = copy !== null && copies.has(copy) && !doubted.has(server)
  const size = isSure ? await sizeOnServer(context, video, server) : null
  if (copy !== null && size !== null) return size === (await stat(copy)).size
  return looksRight(context, plan, job, server, (path) => isWhole(context, plan, job, path))
}

/** Whether the server has a latent that a job has saved, as it was planned. */
export async function holdsLatent(context: RunContext, plan: Plan, job: Job, server: OutputFile): Promise<boolean> {
  if (!(await hasFile(context, plan.videoName, server))) return false
  return looksRight(context, plan, job, server, (path) => isLatentOf(plan, job, path))
}

/** Downloads a file of the server for a look at it. */
async function looksRight(
  context: RunContext,
  plan: Plan,
  job: Job,
  server: OutputFile,
  test: (path: string) => Promise<boolean>,
): Promise<boolean> {
  const look = `${localCopy(context, plan, job)}.look`
  try {
    await downloadFile(context, { plan, frames: framesOf(job), file: server, path: look })
    return await test(look)
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof PromptRunnerError && ['PR_COMFY_HTTP', 'PR_OUTPUT_MISMATCH'].includes(error.code)) return false
    throw error
  } finally {
    await rm(look, { force: true })
  }
}

/** Throws PR_OUTPUT_MISMATCH for a latent that cannot be read, or is not of the size that was planned. */
export async function checkLatent(plan: Plan, job: Job, path: string): Promise<void> {
  if (await isLatentOf(plan, job, path)) return
  const what = `the latent of job ${job.workflowNumber} (${job.kind}, chunk ${job.chunk.number}) cannot be read, or has another size`
  throw new PromptRunnerError('PR_OUTPUT_MISMATCH', `${what}: ${path}`, {
    hint: 'look at the disk of the server',
    isFileLost: true,
  })
}

/** Templates of other node packs may call their tensor otherwise; then only the file itself is looked at. */
async function isLatentOf({ width, height }: Plan, { chunk }: Job, path: string): Promise<boolean> {
  const shapes = await readTensorShapes(path)
  const shape = shapes?.get('latent_tensor')
  if (!shape) return shapes !== null
  const [, , frames = 0, rows, columns] = shape
  // One latent frame for the first picture and for every four after it; a reference image has one of its own.
  return frames >= (chunk.renderFrames - 1) / 4 + 1 && rows === height / 8 && columns === width / 8
}
