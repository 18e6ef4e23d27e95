import { PromptRunnerError } from '../errors.ts'
import type { RunContext } from './run-context.ts'

/** Reads the pod's status and price at the start, so that a run never costs an unknown amount. */
export async function meetPod(context: RunContext): Promise<void> {
  const { pod } = context.clients
  if (!pod) return
  const [info] = await Promise.all([pod.info(context.signal), pod.health(context.signal)])
  const { id: podId, status, costPerHour } = info
  context.emit({ kind: 'pod', at: context.now(), podId, status, costPerHour, action: 'found' })
}

/**
 * Shuts the pod down only when that was asked for and every video is safe; anything else leaves it running and says so.
 * A stop keeps the volume disk: terminating would destroy what a failed upload still needs.
 */
export async function finishPod(context: RunContext, ok: boolean): Promise<void> {
  const { pod } = context.clients
  if (!pod) return
  const stop = context.options.shutdown === 'force' && ok && context.options.upload
  if (context.options.shutdown === 'force' && !stop) {
    const why = ok ? 'nothing was uploaded (--no-upload)' : 'not every video is finished'
    context.emit({
      kind: 'warning',
      at: context.now(),
      video: null,
      message: `The pod keeps running in spite of --force-shutdown: ${why}.`,
    })
  }
  try {
    if (stop) await pod.stop()
    const { id: podId, status, costPerHour } = await pod.info()
    context.emit({ kind: 'pod', at: context.now(), podId, status, costPerHour, action: stop ? 'stopped' : 'kept' })
  } catch (error) {
    if (!(error instanceof PromptRunnerError)) throw error
    context.emit({
      kind: 'warning',
      at: context.now(),
      video: null,
      message: `The pod may still be running and costing money: ${error.message}`,
    })
  }
}
