import type { BuiltWorkflow } from '../domain/apply-bindings.ts'
import { promptId as makePromptId } from '../domain/ids.ts'
import { type Job, jobType } from '../domain/plan.ts'
import { PromptRunnerError } from '../errors.ts'
import { isEndSaid, type OpenPrompt } from '../state/run-state.ts'
import { adoptPrompt, graphDigest } from './adopt-prompt.ts'
import { cancelPrompt, isCancelled } from './cancel-prompts.ts'
import { followPrompt, type JobToRun, type RanJob } from './follow-prompt.ts'
import { jobGraphs } from './job-graphs.ts'
import type { NamedFiles } from './note-files.ts'
import { noRest, type RestOfJob } from './rest-of-job.ts'
import { waitForServer } from './retry.ts'
import type { RunContext } from './run-context.ts'

/**
 * Sends one job and waits for its outputs. `build` makes the graph for an attempt: each attempt writes under names of its own,
 * and a resumed run goes on counting, for the server still knows the prompts of earlier attempts by their ids. A prompt whose end
 * was not seen, because this program or the connection broke off, is adopted instead of paid for twice. What fails after the costly
 * part of it was saved goes on from there: at once and by itself one time, then when the run is resumed.
 * Throws what the client throws, and PR_NO_OUTPUT when the history lacks an output that the plan needs.
 */
export async function runJob(
  context: RunContext,
  work: JobToRun,
  build: (attempt: number) => BuiltWorkflow,
  rest: RestOfJob = noRest,
): Promise<RanJob & { readonly attempt: number }> {
  const { plan, job } = work
  let { open, attempts: attempt } = work
  let failure: PromptRunnerError | null = null
  /** Failures in a row, between which the prompt was not seen on the server. */
  let failed = 0
  /** Prompts that the server had accepted and knew no more when it was back. */
  let vanished = 0
  let isAccepted = false
  const onAccepted = () => {
    isAccepted = true
  }
  const seen = {
    named: namedBefore(work),
    onSeen() {
      failed = 0
      isAccepted = true
    },
  }
  const ended = (ran: RanJob) => {
    const where = { video: plan.videoName, workflow: job.workflowNumber }
    context.emit({ kind: 'job-ended', at: context.now(), ...where, promptId: ran.promptId })
    return { ...ran, attempt: open?.attempt ?? attempt }
  }
  const graphs = jobGraphs(context, work, build, rest)
  for (;;) {
    try {
      if (failure) await waitForServer(context, failure, failed)
      context.spending.check()
      const adopted = open && (await adoptPrompt(context, work, graphs.sentAs(open), open, seen))
      if (adopted) return ended(adopted)
      if (isAccepted && failure?.code !== 'PR_NO_OUTPUT') vanished += 1
      isAccepted = false
      context.closing.throwIfAborted()
      if (vanished === MOST_VANISHED) throw diesAt(job.workflowNumber, failure)
      attempt += 1
      const built = await graphs.next(attempt)
      seen.named.clear()
      open = { promptId: makePromptId(context.runId, job.jobId, attempt), attempt, graph: graphDigest(built.graph) }
      return ended(await sendPrompt(context, work, built, open, { named: seen.named, onAccepted }))
    } catch (error) {
      // A run that is cancelled or waits no longer leaves no prompt behind that goes on costing, nor one whose answer was not awaited.
      const isOver = context.signal.aborted || (error instanceof PromptRunnerError && isCancelled(error.code))
      const hasEnded = isOver && open ? await cancelPrompt(context, open.promptId) : null
      if (!(error instanceof PromptRunnerError)) throw error
      failed += 1
      const isWorthIt = error.retryAfter !== null || error.code === 'PR_COMFY_LOST'
      const hasPatience = error !== failure && vanished < MOST_VANISHED && failed <= context.options.maxRetries
      const goesOn = await graphs.goesOnAfter(error, attempt)
      const isWanted = error.stopsRun && !context.signal.aborted && (await sendAgain(context, error, job))
      const willRetry = isWanted || ((goesOn || (isWorthIt && hasPatience)) && !context.signal.aborted)
      const where = { at: context.now(), video: plan.videoName, workflow: job.workflowNumber }
      context.emit({
        kind: 'job-failed',
        ...where,
        code: error.code,
        reason: error.message,
        attempt,
        willRetry,
        ...(hasEnded === false && { disobeys: true }),
      })
      if (!willRetry) throw error
      if (isEndSaid(error.code)) open = null
      failure = isWanted || goesOn ? null : error
      if (isWanted) failed = vanished = 0
    }
  }
}

/** Asks whoever is there whether a job is to be sent again that a person, or the server's death, has ended. */
async function sendAgain(context: RunContext, error: PromptRunnerError, job: Job): Promise<boolean> {
  if (context.closing.aborted) return false
  return context.ask(`${error.message}. Send job ${job.workflowNumber} again?`)
}

/** What the server has named of the prompt that an earlier part of the run has left open. */
function namedBefore({ open, named }: JobToRun): NamedFiles {
  const files = open && named().find(({ promptId }) => promptId === open.promptId)?.files
  return new Map(Object.entries(files ?? {}))
}

const MOST_VANISHED = 2

/** Once is a restart; twice at the same job is the job. */
function diesAt(workflow: number, cause: PromptRunnerError | null): PromptRunnerError {
  const message = `ComfyUI took job ${workflow} twice and knew nothing of it each time afterwards: it seems to die of this job`
  return new PromptRunnerError('PR_COMFY_LOST', message, {
    hint: 'most often the memory of the machine (not of the GPU) runs out when the second model loads: look into the log of the system for "Out of memory", take more RAM, smaller or quantised models, or start ComfyUI with --cache-none; then go on with the run',
    cause,
    stopsRun: true,
  })
}

async function sendPrompt(
  context: RunContext,
  work: JobToRun,
  built: BuiltWorkflow,
  prompt: OpenPrompt,
  { named, onAccepted }: { readonly named: NamedFiles; onAccepted(): void },
): Promise<RanJob> {
  const startedAt = context.now()
  const where = { video: work.plan.videoName, workflow: work.job.workflowNumber }
  context.emit({ kind: 'job-started', at: startedAt, ...where, ...prompt })
  const extraData = { prompt_runner: describeJob(context, work, built, prompt.attempt) }
  context.signal.throwIfAborted()
  using grace = abortLater(context.signal, context.clients.pace.limit(context.retries.grace))
  const request = { promptId: prompt.promptId, graph: built.graph, extraData }
  const { promptId } = await context.clients.comfyui.submit(request, grace.signal)
  onAccepted()
  return followPrompt(context, work, built, { promptId, startedAt, named, isNew: true })
}

/** What the workflow files, the history and any other reader must know of a job; it travels in the request itself. */
function describeJob(context: RunContext, { plan, job }: JobToRun, built: BuiltWorkflow, attempt: number) {
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

/**
 * Aborts some milliseconds after the run does: of a prompt that is being sent the answer is waited for, since what the server has not
 * accepted yet it cannot be told to forget.
 */
function abortLater(signal: AbortSignal, grace: number): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const start = () => {
    timer = setTimeout(() => controller.abort(signal.reason), grace)
  }
  signal.addEventListener('abort', start, { once: true })
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      signal.removeEventListener('abort', start)
      clearTimeout(timer)
    },
  }
}
