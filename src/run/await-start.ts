import type { Clients } from '../clients/clients.ts'
import { runRetries } from '../domain/retry-policy.ts'
import { durationText } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { awaitAnswer } from '../orchestrator/retry.ts'
import type { RunHost } from './run-host.ts'

/** Milliseconds. */
const SAY_AGAIN = 30_000

/**
 * Waits for a server that is still starting. One that does not come up, or answers what will stay so, as a login does, is told of by
 * whoever asks it next.
 */
export async function awaitStart(
  patience: number,
  { comfyui, pace }: Pick<Clients, 'comfyui' | 'pace'>,
  { output, signal }: RunHost,
): Promise<void> {
  if (patience === 0) return
  let told = Number.NEGATIVE_INFINITY
  const queueRemaining: Clients['comfyui']['queueRemaining'] = (end) =>
    comfyui.queueRemaining(end).catch((error) => {
      if (error instanceof PromptRunnerError && error.retryAfter === null) return 0
      throw error
    })
  const asked = { pace, comfyui: { ...comfyui, queueRemaining } }
  await awaitAnswer({ clients: asked, retries: { ...runRetries, patience }, signal }, (waited) => {
    if (waited - told < SAY_AGAIN) return
    told = waited
    const time = `${durationText(waited)} of ${durationText(patience)}`
    output.info(`ComfyUI does not answer at ${comfyui.address.href} yet: waiting  ${time}`)
  })
}
