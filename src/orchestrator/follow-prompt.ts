import type { HistoryEntry, PromptEvent } from '../clients/clients.ts'
import { allOf } from '../domain/all-of.ts'
import type { BuiltWorkflow } from '../domain/apply-bindings.ts'
import type { OutputRole } from '../domain/bindings.ts'
import { type JobPhases, type PhaseWatch, watchPhases } from '../domain/estimate/job-phases.ts'
import { titleOf } from '../domain/find-node.ts'
import type { Graph } from '../domain/graph.ts'
import type { Job, Plan } from '../domain/plan.ts'
import type { OutputFile } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import type { NamedFiles as FilesOfPrompt, OpenPrompt } from '../state/run-state.ts'
import { isOutput, type NamedFiles, noteFailed, noteFiles } from './note-files.ts'
import { type RunContext, warn } from './run-context.ts'
import { hasFile } from './server-files.ts'
import { watchSilence } from './silence.ts'
import { watchSpending } from './watch-spending.ts'

/** A job that has to run, and what earlier parts of the run have tried of it. */
export interface JobToRun<J extends Job = Job> {
  readonly plan: Plan
  readonly job: J
  /** The number of the latest attempt: the server still knows its prompt. */
  readonly attempts: number
  /** A prompt whose end was not seen. */
  readonly open: OpenPrompt | null
  /** What its prompts have made so far, as the server said while they ran. */
  named(): readonly FilesOfPrompt[]
}

/** A job that the server has done. */
export interface RanJob {
  readonly promptId: string
  /** What it made, as the server names it, by the roles that the template's bindings name. */
  readonly outputs: Readonly<Partial<Record<OutputRole, OutputFile>>>
  readonly tookMs: number
  /** Where that went, as far as the server told; empty where it did not. */
  readonly timed: { readonly phases?: JobPhases }
}

/** A prompt that is waited for. */
export interface FollowedPrompt {
  readonly promptId: string
  readonly startedAt: number
  /** What its nodes have made, as the server said while it ran. */
  readonly named: NamedFiles
  /** Whether it is followed from its very beginning. */
  readonly isNew?: boolean
}

/**
 * Waits for a prompt that the server has accepted. Throws what the client throws, and PR_NO_OUTPUT when the history lacks an
 * output that the plan needs.
 */
export async function followPrompt(
  context: RunContext,
  work: JobToRun,
  built: BuiltWorkflow,
  prompt: FollowedPrompt,
): Promise<RanJob> {
  const { promptId } = prompt
  const where = { video: work.plan.videoName, workflow: work.job.workflowNumber }
  const noting = { where, built, promptId, named: prompt.named }
  const silence = watchSilence(context, where)
  const spending = watchSpending(context, work.job)
  const phases = watchPhases()
  const broken = new AbortController()
  const signal = AbortSignal.any([context.signal, silence.signal, spending.signal, broken.signal])
  /** Whether it waits, on a server that was there all the time. */
  let isWaiting = false
  const see = (event: PromptEvent) => {
    if (event.kind === 'look') isWaiting = event.state === 'pending'
    if (event.kind === 'started' || event.kind === 'socket') isWaiting = false
    silence.see(event)
    spending.see(event)
    if (event.kind === 'executed') noteFiles(context, noting, event)
    const at = context.now()
    if (event.kind === 'executing') phases.executing(built.graph[event.node]?.class_type ?? '', at)
    if (event.kind === 'progress') phases.progress(at)
    if (event.kind === 'socket' && event.state !== 'open') phases.lose()
    report(context, { at, ...where }, built.graph, event)
  }
  // A socket calls this: what is thrown here would reach nobody who waits for the prompt.
  const onEvent = (event: PromptEvent) => {
    try {
      see(event)
    } catch (error) {
      broken.abort(error)
    }
  }
  try {
    const entry = await context.clients.comfyui.follow(promptId, onEvent, signal)
    const whole = await withNamed(context, work, built, prompt, entry)
    return ranJob(context, built, prompt, whole, prompt.isNew ? phases : null)
  } catch (error) {
    const isLost = error instanceof PromptRunnerError && error.code === 'PR_COMFY_LOST'
    const ran = isLost ? await ranAsNamed(context, work, built, prompt) : null
    if (ran) return ran
    const hasFailed = error instanceof PromptRunnerError && error.code === 'PR_COMFY_FAILED'
    if (hasFailed) await noteFailed(context, noting)
    throw isLost && isWaiting ? taken(promptId) : error
  }
}

/**
 * A job whose prompt the server has forgotten, as long as it had named every file that is needed of it, and has them still: somebody
 * has cleared the history. Else null.
 */
export async function ranAsNamed(
  context: RunContext,
  { plan, job }: JobToRun,
  built: BuiltWorkflow,
  prompt: FollowedPrompt,
): Promise<RanJob | null> {
  const { promptId, named } = prompt
  const lacks = Object.values(built.outputs).some((node) => !named.get(node)?.some(isOutput))
  if (lacks) return null
  const files = Object.fromEntries(named)
  const ran = ranJob(context, built, prompt, { promptId, status: 'unsaid', files, outputs: {}, messages: [] })
  const held = await allOf(Object.values(ran.outputs).map((file) => hasFile(context, plan.videoName, file)))
  if (!held.every(Boolean)) return null
  const what = `job ${job.workflowNumber} is done with the files that it had named`
  warn(context, `ComfyUI has forgotten prompt ${promptId}; ${what}`, plan.videoName)
  return ran
}

/** The entry with the files that it leaves out, as long as the server had named them and has them. */
async function withNamed(
  context: RunContext,
  { plan }: JobToRun,
  { outputs }: BuiltWorkflow,
  { named }: FollowedPrompt,
  entry: HistoryEntry,
): Promise<HistoryEntry> {
  const left = Object.values(outputs).filter((node) => named.has(node) && !entry.files[node]?.some(isOutput))
  const files = { ...entry.files }
  for (const node of left) {
    const said = named.get(node)!.filter(isOutput)
    const held = await allOf(said.map((file) => hasFile(context, plan.videoName, file)))
    if (held.every(Boolean)) files[node] = said
  }
  return { ...entry, files }
}

/** Whoever clears a queue wants its prompts not to run. */
function taken(promptId: string): PromptRunnerError {
  const message = `prompt ${promptId} was taken from the queue of ComfyUI before it began, and the server was not started again`
  return new PromptRunnerError('PR_COMFY_INTERRUPTED', message, {
    hint: 'somebody has cleared the queue, so the run stops; when it is resumed it sends the job again',
    stopsRun: true,
  })
}

function ranJob(
  context: RunContext,
  { graph, outputs }: BuiltWorkflow,
  { startedAt }: FollowedPrompt,
  entry: HistoryEntry,
  phases: PhaseWatch | null = null,
): RanJob {
  const made = Object.entries(outputs).map(([role, node]) => [role, outputOf(entry, role, node, graph)])
  // A clock may be set back meanwhile.
  const endedAt = context.now()
  const tookMs = Math.max(0, endedAt - startedAt)
  const seen = phases?.read(endedAt)
  return { promptId: entry.promptId, outputs: Object.fromEntries(made), tookMs, timed: seen ? { phases: seen } : {} }
}

/** What a job made in a role that its kind needs. Throws PR_NO_OUTPUT for bindings that were never checked. */
export function madeBy({ promptId, outputs }: RanJob, role: OutputRole): OutputFile {
  const file = outputs[role]
  if (file) return file
  throw new PromptRunnerError('PR_NO_OUTPUT', `Prompt ${promptId} succeeded, but no output "${role}" is bound`)
}

function outputOf(entry: HistoryEntry, role: string, node: string, graph: Graph): OutputFile {
  // A node may also list previews of type "temp"; what was asked for lies in the output folder.
  const file = entry.files[node]?.find(isOutput)
  if (file) return file
  if (entry.status === 'unsaid') {
    const said = `The history entry of prompt ${entry.promptId} says neither that it succeeded nor that it failed`
    throw new PromptRunnerError('PR_COMFY_HTTP', said, { hint: 'look into the log of ComfyUI', retryAfter: 0 })
  }
  // What was not run because an earlier prompt had the same result writes under another name next time. Anything else would only be
  // the same once more, at full price.
  const wasCached = entry.messages.some(([kind, { nodes }]) => kind === 'execution_cached' && isAmong(node, nodes))
  throw new PromptRunnerError(
    'PR_NO_OUTPUT',
    `Prompt ${entry.promptId} succeeded, but its history names no ${role} for node ${node} (${titleIn(graph, node)})`,
    {
      hint: `Nodes with files: ${Object.keys(entry.files).join(', ') || 'none'}. Check the output bindings, and that the node is not muted and saves to the output folder.`,
      retryAfter: wasCached ? 0 : null,
    },
  )
}

function report(
  context: RunContext,
  where: { at: number; video: string; workflow: number },
  graph: Graph,
  event: PromptEvent,
): void {
  // The prompt itself counts as one of those that remain.
  if (event.kind === 'queue' && event.remaining > 1) {
    context.emit({ kind: 'job-queued', ...where, ahead: event.remaining - 1 })
  }
  if (event.kind === 'executing') {
    const { node } = event
    context.emit({ kind: 'job-progress', ...where, node, title: titleIn(graph, node), step: 0, of: 0 })
  }
  if (event.kind === 'progress') {
    const { node, value, max } = event
    context.emit({ kind: 'job-progress', ...where, node, title: titleIn(graph, node), step: value, of: max })
  }
}

const isAmong = (node: string, nodes: unknown) => Array.isArray(nodes) && nodes.includes(node)

/** ComfyUI names nodes that it has made itself, too. */
function titleIn(graph: Graph, node: string): string {
  const known = graph[node]
  return known ? titleOf(known) : node
}
