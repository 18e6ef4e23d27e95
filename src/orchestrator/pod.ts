import type { PodClient, PodInfo } from '../clients/clients.ts'
import { allOf } from '../domain/all-of.ts'
import { priceText } from '../domain/price.ts'
import { PromptRunnerError } from '../errors.ts'
import { type RunContext, warn } from './run-context.ts'

/** Reads the pod's status at the start, so that a run never meets an unknown one. */
export async function meetPod(context: RunContext): Promise<void> {
  const { pod } = context.clients
  if (!pod) return
  const [info, { gpus }] = await allOf([pod.info(context.signal), pod.health(context.signal)])
  context.emit({ kind: 'pod', at: context.now(), podId: info.id, status: info.status, action: 'found', gpus })
}

/**
 * Shuts the pod down only when that was asked for, and every video is safe or the run's budget or time is spent; anything else leaves it
 * running and says so. A stop keeps the volume disk: terminating would destroy what a failed upload still needs.
 * Throws PR_POD when a stop that was asked for did not work; a status that cannot be read is only a warning.
 */
export async function finishPod(context: RunContext, end: 'done' | 'failed' | 'overrun'): Promise<void> {
  const { pod } = context.clients
  if (!pod) return
  const asked = context.options.shutdown === 'force'
  const stop = asked && (end === 'overrun' || (end === 'done' && context.options.upload))
  if (asked && !stop) {
    const why = end === 'done' ? 'nothing was uploaded (--no-upload)' : 'not every video is finished'
    warn(context, `The pod keeps running in spite of --force-shutdown: ${why}.`)
  }
  const failure = stop ? await pod.stop().then(() => null, known) : null
  const info = await tellPod(context, pod, stop && failure === null ? 'stopped' : 'kept')
  if (failure) throw stillRunning(context, pod.podId, { info, end, cause: failure })
}

/** Null when RunPod does not say; that is only a warning. */
async function tellPod(context: RunContext, pod: PodClient, action: 'stopped' | 'kept'): Promise<PodInfo | null> {
  try {
    const info = await pod.info()
    context.emit({ kind: 'pod', at: context.now(), podId: info.id, status: info.status, action })
    return info
  } catch (error) {
    warn(context, `What the pod is doing now cannot be told, it may cost money: ${known(error).message}`)
    return null
  }
}

/** A bug keeps its own face. */
function known(error: unknown): PromptRunnerError {
  if (error instanceof PromptRunnerError) return error
  throw error
}

function stillRunning(
  { spending: { terms } }: RunContext,
  podId: string,
  { info, end, cause }: { info: PodInfo | null; end: 'done' | 'failed' | 'overrun'; cause: PromptRunnerError },
): PromptRunnerError {
  const costs = terms.price ? `costs ${priceText(terms.price)}` : 'costs money'
  const now = info ? `It is ${info.status} and ${costs}` : `It may still run, which ${costs}`
  const request = `curl -X POST -H "Authorization: Bearer $RUNPOD_API_KEY" -H "Content-Type: application/json" -d '{"action":"stop"}' https://api.runpod.io/v2/pods/${podId}/action`
  return new PromptRunnerError('PR_POD', `POD ${podId} WAS NOT STOPPED. ${now}: ${cause.message}`, {
    hint: `${end === 'done' ? 'Every video is safe. ' : ''}Stop the pod at https://console.runpod.io/pods, or with\n    ${request}`,
    cause,
  })
}
