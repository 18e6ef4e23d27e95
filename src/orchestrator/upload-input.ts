import type { UploadOptions } from '../clients/clients.ts'
import type { OutputFile } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import type { RunContext } from './run-context.ts'
import { waitForServer } from './wait-for-server.ts'

/**
 * Uploads a file to ComfyUI, up to `maxRetries` times more while it does not answer: bytes that it has already under that name stay
 * one file there (server.py, image_upload). Throws what the client throws.
 */
export async function uploadInput(
  context: RunContext,
  video: string,
  path: string,
  options: UploadOptions = {},
): Promise<OutputFile> {
  const { clients, signal } = context
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await clients.comfyui.upload(path, options, signal)
    } catch (error) {
      if (!(error instanceof PromptRunnerError) || error.code !== 'PR_COMFY_UNREACHABLE') throw error
      if (attempt > context.options.maxRetries || signal.aborted) throw error
      const message = `${error.message} (attempt ${attempt} of uploading ${path}, trying again)`
      context.emit({ kind: 'warning', at: context.now(), video, message })
      await waitForServer(context)
    }
  }
}
