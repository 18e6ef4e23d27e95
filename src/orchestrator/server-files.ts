import type { UploadOptions } from '../clients/clients.ts'
import type { OutputFile } from '../domain/run-event.ts'
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

/** Downloads a file from ComfyUI to `path`, which is either whole or not there. */
export async function downloadFile(context: RunContext, video: string, file: OutputFile, path: string): Promise<void> {
  const { clients, signal } = context
  const doing = `downloading ${file.filename}`
  await retryUnreachable(context, { video, doing }, () => clients.comfyui.download(file, path, signal))
}

/** Whether ComfyUI has a file. */
export function hasFile(context: RunContext, video: string, file: OutputFile): Promise<boolean> {
  const { clients, signal } = context
  return retryUnreachable(context, { video, doing: `looking for ${file.filename}` }, () =>
    clients.comfyui.holds(file, signal),
  )
}
