import { createHash } from 'node:crypto'
import type { ComfyuiClient } from '../clients/clients.ts'
import type { Graph } from '../domain/graph.ts'
import { promptId } from '../domain/ids.ts'
import type { Plan } from '../domain/plan.ts'
import type { OpenPrompt } from '../state/run-state.ts'
import type { RunContext } from './run-context.ts'
import { warn } from './warn.ts'
import { withdraw } from './withdraw.ts'

/** What tells a graph that was sent from another one; the journal keeps it beside the prompt's id. */
export function graphDigest(graph: Graph): string {
  return createHash('sha256').update(JSON.stringify(graph)).digest('hex')
}

/**
 * Looks for a prompt of an earlier attempt whose end was not seen. With the same graph it can be used: `open`, it waits
 * or runs; `done`, it has succeeded. Null: the job has to be sent anew. A prompt with another graph is withdrawn.
 */
export async function findLeftPrompt(
  context: RunContext,
  { promptId, graph }: OpenPrompt,
  wanted: Graph,
): Promise<'open' | 'done' | null> {
  if (graph !== graphDigest(wanted)) {
    await withdraw(context, promptId)
    return null
  }
  const state = await promptState(context.clients.comfyui, promptId, context.signal)
  if (state === 'failed') warn(context, `Prompt ${promptId} has failed since; its job is sent anew`)
  return state === 'open' || state === 'done' ? state : null
}

/** Whether the server knows a run that is new here: the same work, started from another output directory. */
export async function isKnownRun(
  comfyui: ComfyuiClient,
  runId: string,
  plans: readonly Plan[],
  signal: AbortSignal,
): Promise<boolean> {
  // Videos are rendered in order: without the first job of the first one nothing else was sent.
  const first = plans[0]?.passes[0]?.high
  return first !== undefined && (await promptState(comfyui, promptId(runId, first.jobId, 1), signal)) !== 'unknown'
}

/** Two calls are not atomic: a prompt that is in neither list may have ended between them. */
async function promptState(
  comfyui: ComfyuiClient,
  promptId: string,
  signal: AbortSignal,
): Promise<'open' | 'done' | 'failed' | 'unknown'> {
  const end = async () => {
    const entry = await comfyui.history(promptId, signal)
    return entry && (entry.status === 'success' ? 'done' : 'failed')
  }
  const ended = await end()
  if (ended) return ended
  const { running, pending } = await comfyui.queue(signal)
  if (running.includes(promptId) || pending.includes(promptId)) return 'open'
  return (await end()) ?? 'unknown'
}
