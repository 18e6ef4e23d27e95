import { PromptRunnerError } from '../errors.ts'
import type { RunContext } from './run-context.ts'
import { warn } from './warn.ts'

const NO_POD =
  '--force-shutdown shuts nothing down: no pod is known. Give --pod-id (or RUNPOD_POD_ID), or the pod keeps costing money.'

/** Reads the pod's status and price at the start, so that a run never costs an unknown amount. */
export async function meetPod(context: RunContext): Promise<void> {
  const { pod } = context.clients
  if (!pod) {
    if (context.options.shutdown === 'force') warn(context, NO_POD)
    return
  }
  const [info] = await Promise.all([pod.info(context.signal), pod.health(context.signal)])
  const { id: podId, status, costPerHour } = info
  context.emit({ kind: 'pod', at: context.now(), podId, status, costPerHour, action: 'found' })
}

/**
 * Shuts the pod down only when that was asked for and every video is safe; anything else leaves it running and says so.
 * A stop keeps the volume disk: terminating would destroy what a failed upload still needs.
 * Throws PR_POD when a stop that was asked for did not work; a status that cannot be read is only a warning.
 */
export async function finishPod(context: RunContext, ok: boolean): Promise<void> {
  const { pod } = context.clients
  if (!pod) return
  const asked = context.options.shutdown === 'force'
  const stop = asked && ok && context.options.upload
  if (asked && !stop) {
    const why = ok ? 'nothing was uploaded (--no-upload)' : 'not every video is finished'
    warn(context, `The pod keeps running in spite of --force-shutdown: ${why}.`)
  }
  if (stop) await pod.stop().catch(stillRunning)
  try {
    const { id: podId, status, costPerHour } = await pod.info()
    context.emit({ kind: 'pod', at: context.now(), podId, status, costPerHour, action: stop ? 'stopped' : 'kept' })
  } catch (error) {
    if (!(error instanceof PromptRunnerError)) throw error
    warn(context, `What the pod is doing now cannot be told, it may cost money: ${error.message}`)
  }
}

function stillRunning(error: unknown): never {
  if (!(error instanceof PromptRunnerError)) throw error
  throw new PromptRunnerError('PR_POD', `The pod could not be stopped and costs money as before: ${error.message}`, {
    hint: 'Stop it by hand at https://console.runpod.io/pods; every video is safe.',
    cause: error,
  })
}
