import { createHash } from 'node:crypto'
import type { Graph } from '../domain/graph.ts'
import type { OpenPrompt } from '../state/run-state.ts'
import type { RunContext } from './run-context.ts'
import { warn } from './warn.ts'
import { withdraw } from './withdraw.ts'

/** What tells a graph that was sent from another one; the journal keeps it beside the prompt's id. */
export function graphDigest(graph: Graph): string {
  return createHash('sha256').update(JSON.stringify(graph)).digest('hex')
}

/**
 * Whether a prompt that was sent before, and whose end was not seen, is this very graph and can be used: it waits or runs (`open`) or
 * has succeeded (`done`). Null when the job has to be sent anew; a prompt of another graph is then withdrawn.
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
  const state = await stateOf(context, promptId)
  if (state === 'failed') warn(context, `Prompt ${promptId} has failed since; its job is sent anew`)
  return state === 'open' || state === 'done' ? state : null
}

/** Two calls are not atomic: a prompt that is in neither list may have ended between them. */
async function stateOf(
  { clients: { comfyui }, signal }: RunContext,
  promptId: string,
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
