import { rm } from 'node:fs/promises'
import type { UploadOptions } from '../clients/clients.ts'
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

/**
 * Downloads a file from ComfyUI to `path`, which is either whole or not there. A body that was cut or is something else is asked for
 * again as often as a job is tried. Throws what the last attempt throws.
 */
export async function downloadFile(context: RunContext, video: string, file: OutputFile, path: string): Promise<void> {
  const { clients, signal } = context
  const doing = `downloading ${file.filename}`
  await retryUnreachable(context, { video, doing }, async () => {
    await clients.comfyui.download(file, path, signal)
    await refuseForeign(doing, path)
  })
}

async function refuseForeign(doing: string, path: string): Promise<void> {
  const what = await foreignBody(path)
  if (what === null) return
  await rm(path, { force: true })
  throw new PromptRunnerError('PR_OUTPUT_MISMATCH', `${doing} gave ${what} instead of the file`, {
    hint: 'look at it in a browser: the server, or a proxy in front of it, has another answer than the file',
    retryAfter: 0,
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
