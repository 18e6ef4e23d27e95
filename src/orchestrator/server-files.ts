import { rm } from 'node:fs/promises'
import type { UploadOptions } from '../clients/clients.ts'
import type { Plan } from '../domain/plan.ts'
import type { OutputFile } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { foreignBody } from './foreign-body.ts'
import { retryUnreachable } from './retry.ts'
import type { RunContext } from './run-context.ts'

/** Uploads a file to ComfyUI: bytes that it has already under that name stay one file there (server.py, image_upload). */
export function uploadFile(
  context: RunContext,
  video: string,
  path: string,
  options: UploadOptions = {},
): Promise<OutputFile> {
  const { clients, signal } = context
  return retryUnreachable(context, { video, doing: `uploading ${path}` }, () =>
    clients.comfyui.upload(path, options, signal),
  )
}

/** What is downloaded, and what it is a picture of: raw pictures are larger than any file of them. */
export interface Download {
  readonly plan: Plan
  readonly frames: number
  readonly file: OutputFile
  /** Where it goes. */
  readonly path: string
}

/**
 * Downloads a file from ComfyUI to its path, which is either whole or not there. A body that was cut, is something else or has no end
 * is asked for again as often as a job is tried. Throws what the last attempt throws.
 */
export async function downloadFile(context: RunContext, { plan, frames, file, path }: Download): Promise<void> {
  const { clients, signal } = context
  const most = plan.width * plan.height * RAW_PIXEL * frames + CONTAINER
  const doing = `downloading ${file.filename}`
  await retryUnreachable(context, { video: plan.videoName, doing }, async () => {
    await clients.comfyui.download(file, path, signal, most)
    await refuseForeign(doing, path)
  })
}

/** Bytes that no codec makes more of. */
const RAW_PIXEL = 4
/** Bytes that a file may have beside its pictures: a graph as metadata, an index. */
const CONTAINER = 64 << 20

async function refuseForeign(doing: string, path: string): Promise<void> {
  const what = await foreignBody(path)
  if (what === null) return
  await rm(path, { force: true })
  throw new PromptRunnerError('PR_OUTPUT_MISMATCH', `${doing} gave ${what} instead of the file`, {
    hint: 'look at it in a browser: the server, or a proxy in front of it, has another answer than the file',
    retryAfter: 0,
    isFileLost: true,
  })
}

/** Whether ComfyUI has a file. */
export function hasFile(context: RunContext, video: string, file: OutputFile): Promise<boolean> {
  const { clients, signal } = context
  return retryUnreachable(context, { video, doing: `looking for ${file.filename}` }, () =>
    clients.comfyui.holds(file, signal),
  )
}

/** Bytes of a file that ComfyUI has; null when it has none, or does not say. */
export function sizeOnServer(context: RunContext, video: string, file: OutputFile): Promise<number | null> {
  const { clients, signal } = context
  return retryUnreachable(context, { video, doing: `looking at ${file.filename}` }, () =>
    clients.comfyui.size(file, signal),
  )
}
