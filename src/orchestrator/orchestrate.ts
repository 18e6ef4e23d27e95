import type { Plan } from '../domain/plan.ts'
import type { EmitRunEvent, RunEvent } from '../domain/run-event.ts'
import { goOnWith } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { diskFailure } from '../files/disk-failure.ts'
import { makeFolder } from '../files/folders.ts'
import { noRun, type RunState, reduceRunState } from '../state/run-state.ts'
import { oneServer } from './one-server.ts'
import { watchPrompts } from './open-prompts.ts'
import { finishPod, meetPod } from './pod.ts'
import { type RunContext, warn } from './run-context.ts'
import { isCancelled, isSpent, type RunFailure, type ServersOfRun } from './servers-of-run.ts'
import { isOverrun } from './spending.ts'

/**
 * Runs every plan on the servers of the run. A video that fails stops, others go on, as far as `servers` begins them; a run that is
 * cancelled, or has nothing left of its budget or time, stops altogether.
 * Returns what failed, in order. A journal that cannot be written ends the run where it is: PR_FILE. Other errors that are not known
 * failures are bugs and pass through.
 */
export async function orchestrate(
  context: RunContext,
  plans: readonly Plan[],
  servers: ServersOfRun = oneServer,
): Promise<readonly RunFailure[]> {
  try {
    return await runAll(context, plans, servers)
  } catch (thrown) {
    const error = diskFailure(thrown)
    if (error === null || context.resumeCommand === null) throw thrown
    throw error.reworded({ hint: `${error.hint}; ${goOnWith(context.resumeCommand)}` })
  }
}

async function runAll(
  given: RunContext,
  plans: readonly Plan[],
  servers: ServersOfRun,
): Promise<readonly RunFailure[]> {
  const prompts = watchPrompts(given, plans)
  const { emit, stateNow } = remember(given, prompts.emit)
  const context: RunContext = { ...given, emit }
  given.atLeave(() => prompts.left(given.now()))
  const failures: RunFailure[] = []
  const attempt = async (video: string | null, work: () => Promise<void>) => {
    try {
      await work()
    } catch (thrown) {
      const isStopped = context.signal.aborted || (context.closing.aborted && thrown === context.closing.reason)
      const error = isStopped && !isPodFailure(thrown) ? cancelled(context) : thrown
      if (!(error instanceof PromptRunnerError)) throw error
      failures.push({ video, error })
      if (video !== null) tell(context, video, error)
    }
  }
  let isDone = false
  try {
    // Nothing runs yet that a run which closes would wait for.
    const signal = AbortSignal.any([context.signal, context.closing])
    await attempt(null, () => prepare({ ...context, signal }, plans, servers))
    if (failures.length === 0) await servers.render(context, plans, { attempt, failures, prompts, stateNow })
    isDone = failures.length === 0
  } finally {
    if (context.signal.aborted || isCancelled(failures) || isSpent(failures)) await servers.cancel(context)
    await servers
      .close(context)
      .catch((error: Error) => warn(context, `Closing the connections to ComfyUI failed: ${error.message}`))
    // A bug ends the run, too, and the pod costs money all the same.
    await attempt(null, () => finishPod(context, isSpent(failures) ? 'overrun' : isDone ? 'done' : 'failed'))
  }
  if (!context.signal.aborted) await attempt(null, async () => context.share?.send([]))
  if (!context.signal.aborted && !isCancelled(failures)) prompts.tell(context)
  const ok = failures.length === 0
  context.emit({ kind: 'run-finished', at: context.now(), ok, ...(isCancelled(failures) && { cancelled: true }) })
  return failures
}

/** What is known of the run at any time: folded only when somebody asks, for a long film has thousands of events. */
function remember(
  { earlier, runId, runName }: RunContext,
  emit: EmitRunEvent,
): { readonly emit: EmitRunEvent; stateNow(): RunState } {
  const events: RunEvent[] = []
  let folded = earlier ?? { ...noRun, runId, runName }
  return {
    emit(event) {
      if (event.kind !== 'job-progress' && event.kind !== 'upload-progress') events.push(event)
      emit(event)
    },
    stateNow() {
      folded = events.splice(0).reduce(reduceRunState, folded)
      return folded
    },
  }
}

/** A failure is told when it happens, for the next video may take hours, and again by whoever gets it. What ends the run is at its end. */
function tell(context: RunContext, video: string, error: PromptRunnerError): void {
  const { code, message: reason, hint } = error
  const isLast = code === 'PR_CANCELLED' || isOverrun(error)
  context.emit({ kind: 'video-failed', at: context.now(), video, code, reason, ...(hint && !isLast ? { hint } : {}) })
}

/** Whatever else is said of a cancelled run, that the pod was not stopped must be said, too. */
function isPodFailure(error: unknown): boolean {
  return error instanceof PromptRunnerError && error.code === 'PR_POD'
}

async function prepare(context: RunContext, plans: readonly Plan[], servers: ServersOfRun): Promise<void> {
  makeFolders(context.layout.folders)
  context.spending.tell(context.emit)
  await meetPod(context)
  await servers.meet(context, plans)
  await context.share?.send([])
}

function makeFolders(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      makeFolder(folder)
    } catch (cause) {
      throw new PromptRunnerError('PR_FILE', `Making the folder ${folder} failed: ${(cause as Error).message}`, {
        hint: 'Give --output-dir a folder that can be written to.',
        cause,
      })
    }
  }
}

function cancelled({ resumeCommand, signal, closing }: RunContext): PromptRunnerError {
  const reason = signal.aborted ? signal.reason : closing.reason
  return new PromptRunnerError('PR_CANCELLED', 'The run was cancelled; what is done is recorded', {
    ...(resumeCommand !== null && { hint: goOnWith(resumeCommand) }),
    cause: reason,
    exit: reason instanceof PromptRunnerError ? reason.exitCode : undefined,
  })
}
