import type { HistoryEntry, PromptEvent } from '../clients/clients.ts'
import type { BuiltWorkflow } from '../domain/apply-bindings.ts'
import type { OutputRole } from '../domain/bindings.ts'
import type { Graph } from '../domain/graph.ts'
import { promptId as makePromptId } from '../domain/ids.ts'
import { type Job, jobType, type Plan } from '../domain/plan.ts'
import type { OutputFile } from '../domain/run-event.ts'
import { type ErrorCode, PromptRunnerError } from '../errors.ts'
import { isEndUnseen, type OpenPrompt } from '../state/run-state.ts'
import { afterGrace } from './after-grace.ts'
import { findLeftPrompt, graphDigest } from './left-prompt.ts'
import type { RunContext } from './run-context.ts'
import { hasFile } from './server-files.ts'
import { waitForServer } from './wait-for-server.ts'
import { warn } from './warn.ts'
import { withdraw } from './withdraw.ts'

/** A job that the server has done. */
export interface RanJob {
  readonly promptId: string
  /** What it made, as the server names it, by the roles that the template's bindings name. */
  readonly outputs: Readonly<Partial<Record<OutputRole, OutputFile>>>
  readonly tookMs: number
}

/** A second attempt can help here; an error of the graph or of a node returns at full price. */
const worthRetrying = new Set<ErrorCode>(['PR_COMFY_LOST', 'PR_COMFY_UNREACHABLE', 'PR_NO_OUTPUT'])

/**
 * Sends one job and waits for its outputs. `build` makes the graph for an attempt: each attempt writes under names of its own,
 * and a resumed run goes on counting, for the server still knows the prompts of earlier attempts by their ids. A prompt whose end
 * was not seen, because this program or the connection broke off, is adopted instead of paid for twice.
 * Throws what the client throws, and PR_NO_OUTPUT when the history lacks an output that the plan needs.
 */
export async function runJob(
  context: RunContext,
  plan: Plan,
  job: Job,
  build: (attempt: number) => BuiltWorkflow,
): Promise<RanJob> {
  const earlier = context.earlier?.videos[plan.videoName]
  const before = Math.max(0, ...[job.workflowNumber, job.jobId].map((key) => earlier?.attempts[key] ?? 0))
  let left = earlier?.open[job.workflowNumber]
  // One of another job was withdrawn at the start of the run.
  if (left && left.promptId !== makePromptId(context.runId, job.jobId, left.attempt)) left = undefined
  let isAway = false
  for (let attempt = before + 1; ; attempt += 1) {
    try {
      if (isAway) await waitForServer(context)
      const adopted =
        left &&
        (await adoptJob(context, plan, job, build(left.attempt), left, left !== earlier?.open[job.workflowNumber]))
      if (adopted) return adopted
      const built = build(attempt)
      const promptId = makePromptId(context.runId, job.jobId, attempt)
      left = { promptId, attempt, graph: graphDigest(built.graph) }
      return await sendJob(context, plan, job, built, left)
    } catch (error) {
      // A cancelled run leaves no prompt behind that goes on costing, nor one whose answer was not awaited.
      if (context.signal.aborted && left) await withdraw(context, left.promptId)
      if (!(error instanceof PromptRunnerError)) throw error
      const willRetry =
        worthRetrying.has(error.code) && attempt - before <= context.options.maxRetries && !context.signal.aborted
      const where = { at: context.now(), video: plan.videoName, workflow: job.workflowNumber }
      const failed = { code: error.code, reason: error.message, attempt: left?.attempt ?? attempt, willRetry }
      context.emit({ kind: 'job-failed', ...where, ...failed })
      if (!willRetry) throw error
      if (!isEndUnseen(error.code)) left = undefined
      isAway = error.code === 'PR_COMFY_UNREACHABLE'
    }
  }
}

async function sendJob(
  context: RunContext,
  plan: Plan,
  job: Job,
  built: BuiltWorkflow,
  sent: OpenPrompt,
): Promise<RanJob> {
  const { promptId, attempt } = sent
  const startedAt = context.now()
  context.emit({ kind: 'job-started', at: startedAt, video: plan.videoName, workflow: job.workflowNumber, ...sent })
  const extraData = { prompt_runner: describeJob(context, plan, job, built, attempt) }
  context.signal.throwIfAborted()
  using patience = afterGrace(context.signal)
  const request = { promptId, graph: built.graph, extraData }
  const submission = await context.clients.comfyui.submit(request, patience.signal)
  return followJob(context, plan, job, built, submission.promptId, startedAt)
}

/** Null when nothing is left on the server that could be used. Who interrupts a prompt of this part of the run wants it to end. */
async function adoptJob(
  context: RunContext,
  plan: Plan,
  job: Job,
  built: BuiltWorkflow,
  left: OpenPrompt,
  isOfThisPart: boolean,
): Promise<RanJob | null> {
  const { promptId, attempt } = left
  const found = await findLeftPrompt(context, left, built.graph)
  if (found === null) return null
  const at = context.now()
  const where = { video: plan.videoName, workflow: job.workflowNumber }
  context.emit({ kind: 'job-adopted', at, ...where, promptId, attempt, isDone: found === 'done' })
  const result = await followJob(context, plan, job, built, promptId, at).catch((error) => {
    if (isOfThisPart) throw error
    return unlessInterrupted(context, promptId, error)
  })
  if (result === null) return null
  const held = await Promise.all(Object.values(result.outputs).map((file) => hasFile(context, plan.videoName, file)))
  if (held.every(Boolean)) return result
  warn(context, `Prompt ${promptId} has succeeded, but its files are gone from the server; its job is sent anew`)
  return null
}

/** An interrupt takes effect between two nodes: a prompt that the run's earlier part interrupted may still have run for a while. */
function unlessInterrupted(context: RunContext, promptId: string, error: unknown): null {
  if (!(error instanceof PromptRunnerError) || error.code !== 'PR_COMFY_INTERRUPTED') throw error
  warn(context, `Prompt ${promptId} was interrupted; its job is sent anew`)
  return null
}

async function followJob(
  context: RunContext,
  plan: Plan,
  job: Job,
  built: BuiltWorkflow,
  promptId: string,
  startedAt: number,
): Promise<RanJob> {
  const where = { video: plan.videoName, workflow: job.workflowNumber }
  const entry = await context.clients.comfyui.follow(
    promptId,
    (event) => report(context, where, built.graph, event),
    context.signal,
  )
  const outputs = Object.fromEntries(
    Object.entries(built.outputs).map(([role, node]) => [role, outputOf(entry, role, node, built.graph)]),
  )
  return { promptId: entry.promptId, outputs, tookMs: context.now() - startedAt }
}

/** What the workflow files, the history and any other reader must know of a job; it travels in the request itself. */
function describeJob(context: RunContext, plan: Plan, job: Job, built: BuiltWorkflow, attempt: number) {
  return {
    run: context.runName,
    workflow_id: (context.workflowsBefore.get(plan.videoName) ?? 0) + job.workflowNumber,
    type: jobType[job.kind],
    job_id: job.jobId,
    job_number: job.jobNumber,
    video_name: plan.videoName,
    attempt,
    modifications: built.modifications,
    original_nodes_count: built.templateNodes,
  }
}

function outputOf(entry: HistoryEntry, role: string, node: string, graph: Graph): OutputFile {
  // A node may also list previews of type "temp"; what was asked for lies in the output folder.
  const file = entry.files[node]?.find((candidate) => candidate.type === 'output')
  if (file) return file
  const title = graph[node]?._meta?.title ?? graph[node]?.class_type
  throw new PromptRunnerError(
    'PR_NO_OUTPUT',
    `Prompt ${entry.promptId} succeeded, but its history names no ${role} for node ${node} (${title})`,
    {
      hint: `Nodes with files: ${Object.keys(entry.files).join(', ') || 'none'}. Check the output bindings, and that the node is not muted or cached.`,
    },
  )
}

function report(
  context: RunContext,
  where: { video: string; workflow: number },
  graph: Graph,
  event: PromptEvent,
): void {
  const at = context.now()
  // The prompt itself counts as one of those that remain.
  if (event.kind === 'queue' && event.remaining > 1) {
    context.emit({ kind: 'job-queued', at, ...where, ahead: event.remaining - 1 })
  }
  const title = (node: string) => graph[node]?._meta?.title ?? graph[node]?.class_type ?? node
  if (event.kind === 'executing') {
    context.emit({ kind: 'job-progress', at, ...where, node: event.node, title: title(event.node), step: 0, of: 0 })
  }
  if (event.kind === 'progress') {
    const { node, value, max } = event
    context.emit({ kind: 'job-progress', at, ...where, node, title: title(node), step: value, of: max })
  }
}

/** Throws PR_NO_OUTPUT for bindings that name no such output; those that were checked do. */
export function madeBy({ promptId, outputs }: RanJob, role: OutputRole): OutputFile {
  const file = outputs[role]
  if (file) return file
  throw new PromptRunnerError('PR_NO_OUTPUT', `Prompt ${promptId} succeeded, but no output "${role}" is bound`)
}
