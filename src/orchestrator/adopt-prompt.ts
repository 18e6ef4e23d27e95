import { createHash } from 'node:crypto'
import type { ComfyuiClient } from '../clients/clients.ts'
import { allOf } from '../domain/all-of.ts'
import type { BuiltWorkflow } from '../domain/apply-bindings.ts'
import type { Graph } from '../domain/graph.ts'
import { promptId } from '../domain/ids.ts'
import type { Job, Plan } from '../domain/plan.ts'
import { PromptRunnerError } from '../errors.ts'
import type { OpenPrompt } from '../state/run-state.ts'
import { cancelPrompt } from './cancel-prompts.ts'
import { followPrompt, type JobToRun, type RanJob, ranAsNamed } from './follow-prompt.ts'
import { type NamedFiles, noteFailed } from './note-files.ts'
import { retryUnreachable } from './retry.ts'
import { type RunContext, warn } from './run-context.ts'
import { hasFile } from './server-files.ts'

/** What tells a graph that was sent from another one; the journal keeps it beside the prompt's id. */
export function graphDigest(graph: Graph): string {
  return createHash('sha256').update(JSON.stringify(graph)).digest('hex')
}

/**
 * Goes on with a prompt of the job whose end was not seen, instead of paying for it twice: it waits, runs or has succeeded. A prompt
 * with another graph is cancelled. `named` is what it has made so far;
 * `onSeen` is told that it waits or runs. Null: there is nothing on the server that could be used, and the job has to be sent anew.
 */
export async function adoptPrompt(
  context: RunContext,
  work: JobToRun,
  built: BuiltWorkflow,
  open: OpenPrompt,
  { named, onSeen }: { readonly named: NamedFiles; onSeen(): void },
): Promise<RanJob | null> {
  const { promptId, attempt } = open
  if (open.graph !== '' && open.graph !== graphDigest(built.graph)) {
    await cancelPrompt(context, promptId)
    return null
  }
  const state = await promptState(context.clients.comfyui, promptId, context.signal)
  if (state === 'failed') {
    const where = { video: work.plan.videoName, workflow: work.job.workflowNumber }
    await noteFailed(context, { where, built, promptId, named })
    warn(context, `Prompt ${promptId} has failed since; its job is sent anew`)
  }
  if (state === 'unknown') return ranAsNamed(context, work, built, { promptId, startedAt: context.now(), named })
  if (state === 'failed') return null
  if (state === 'open') onSeen()
  const video = work.plan.videoName
  const startedAt = context.now()
  const where = { video, workflow: work.job.workflowNumber }
  context.emit({ kind: 'job-adopted', at: startedAt, ...where, promptId, attempt, isDone: state === 'done' })
  const ran = await followPrompt(context, work, built, { promptId, startedAt, named }).catch((error) => {
    // Who interrupts a prompt of this part of the run wants it to end. An interrupt takes effect between two nodes: one that the
    // run's earlier part interrupted may still have run for a while.
    if (open !== work.open || !isInterrupted(error)) throw error
    warn(context, `Prompt ${promptId} was interrupted; its job is sent anew`)
    return null
  })
  if (ran === null) return null
  const held = await allOf(Object.values(ran.outputs).map((file) => hasFile(context, video, file)))
  if (held.every(Boolean)) return ran
  warn(context, `Prompt ${promptId} has succeeded, but its files are gone from the server; its job is sent anew`)
  return null
}

/** Two calls are not atomic: a prompt that is in neither list may have ended between them. */
export async function promptState(
  comfyui: ComfyuiClient,
  promptId: string,
  signal: AbortSignal,
): Promise<'open' | 'done' | 'failed' | 'unknown'> {
  const end = async () => {
    const entry = await comfyui.history(promptId, signal)
    return entry && (entry.status === 'error' ? 'failed' : 'done')
  }
  const ended = await end()
  if (ended) return ended
  const { running, pending } = await comfyui.queue(signal)
  if (running.includes(promptId) || pending.includes(promptId)) return 'open'
  return (await end()) ?? 'unknown'
}

function isInterrupted(error: unknown): boolean {
  return error instanceof PromptRunnerError && error.code === 'PR_COMFY_INTERRUPTED'
}

/** What was tried of a job that has to run. */
interface Tried {
  readonly attempts: number
  readonly open: OpenPrompt | null
}

/**
 * Asks the server for prompts of a job that the journal of a resumed run does not know: their lines may be missing, and their ids
 * follow from run, job and attempt. Without that look they would be paid for again.
 */
export async function forgottenPrompt(context: RunContext, plan: Plan, job: Job, tried: Tried): Promise<Tried> {
  if (!context.earlier || tried.open) return tried
  const { clients, runId, signal } = context
  const found = { ...tried }
  for (;;) {
    const attempt = found.attempts + 1
    const id = promptId(runId, job.jobId, attempt)
    const state = await retryUnreachable(context, { video: plan.videoName, doing: `looking for prompt ${id}` }, () =>
      promptState(clients.comfyui, id, signal),
    )
    if (state === 'unknown') return found
    found.attempts = attempt
    if (state !== 'failed') found.open = { promptId: id, attempt, graph: '' }
  }
}
