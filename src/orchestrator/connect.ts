import { pauseAfter, retries } from '../domain/retry-policy.ts'
import { PromptRunnerError } from '../errors.ts'
import { type RunContext, warn } from './run-context.ts'

/** The socket only shows progress: a run goes on without it when the rest of the server answers, and tries again meanwhile. */
export async function connect(context: RunContext): Promise<void> {
  const { clients, signal } = context
  for (let tries = 1; ; tries += 1) {
    try {
      return await clients.comfyui.connect(signal)
    } catch (error) {
      if (signal.aborted || !(error instanceof PromptRunnerError)) throw error
      await clients.comfyui.queueRemaining(signal)
      const pause = pauseAfter(retries.request, tries)
      if (pause !== null) {
        await clients.pace.pause(pause, signal)
        continue
      }
      clients.comfyui.keepConnecting()
      return warn(context, `${error.message}. The run goes on without the socket: it asks every few seconds`)
    }
  }
}
