import type { Plan } from '../domain/plan.ts'
import { pauseAfter, retries } from '../domain/retry-policy.ts'
import type { EmitRunEvent, RunEvent } from '../domain/run-event.ts'
import { goOnWith } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { diskFailure } from '../files/disk-failure.ts'
import { makeFolder } from '../files/folders.ts'
import { noRun, type RunState, reduceRunState } from '../state/run-state.ts'
import { cancelEarlier, cancelUnplanned } from './cancel-prompts.ts'
import { watchPrompts } from './open-prompts.ts'
import { finishPod, meetPod } from './pod.ts'
import { retryUnreachable } from './retry.ts'
import { type RunContext, warn } from './run-context.ts'
import { runVideo } from './run-video.ts'
import { isOverrun } from './spending.ts'

/** A known failure: of one video, or (`video` null) of the run as a whole. */
export interface RunFailure {
  readonly video: string | null
  readonly error: PromptRunnerError
}

/**
 * Runs every plan, one after the other. A video that fails stops, the next one goes on; a run that is cancelled, or has lost sight of a
 * prompt, or has nothing left of its budget or time, stops altogether, and so does one whose prompt a person has taken from the server,
 * or of which the server dies.
 * Returns what failed, in order. A journal that cannot be written ends the run where it is: PR_FILE. Other errors that are not known
 * failures are bugs and pass through.
 */
export async function orchestrate(context: RunContext, plans: readonly Plan[]): Promise<readonly RunFailure[]> {
  try {
    return await runAll(context, plans)
  } catch (thrown) {
    const error = diskFailure(thrown)
    if (error === null || context.resumeCommand === null) throw thrown
    throw error.reworded({ hint: `${error.hint}; ${goOnWith(context.resumeCommand)}` })
  }
}

async function runAll(given: RunContext, plans: readonly Plan[]): Promise<readonly RunFailure[]> {
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
  const isCancelled = () => failures.some(({ error }) => error.code === 'PR_CANCELLED')
  const isSpent = () => failures.some(({ error }) => isOverrun(error))
  let isDone = false
  try {
    // Nothing runs yet that a run which closes would wait for.
    const signal = AbortSignal.any([context.signal, context.closing])
    await attempt(null, () => prepare({ ...context, signal }, plans))
    for (const plan of failures.length === 0 ? plans : []) {
      if (context.closing.aborted) failures.push({ video: null, error: cancelled(context) })
      else await attempt(plan.videoName, () => runVideo(context, plan, stateNow))
      // Whatever hides the end of one prompt would hide that of the next.
      if (isCancelled() || isSpent()) break
      if (prompts.any() || failures.at(-1)?.error.stopsRun) {
        const left = plans.slice(plans.indexOf(plan) + 1)
        failures.push(...left.map(({ videoName: video }) => ({ video, error: notBegun(plan.videoName) })))
        break
      }
    }
    isDone = failures.length === 0
  } finally {
    if (context.signal.aborted || isCancelled() || isSpent()) await cancelEarlier(context)
    await context.clients.comfyui
      .close()
      .catch((error: Error) => warn(context, `Closing the connections to ComfyUI failed: ${error.message}`))
    // A bug ends the run, too, and the pod costs money all the same.
    await attempt(null, () => finishPod(context, isSpent() ? 'overrun' : isDone ? 'done' : 'failed'))
  }
  if (!context.signal.aborted) await attempt(null, async () => context.share?.send([]))
  if (!context.signal.aborted && !isCancelled()) prompts.tell(context)
  const ok = failures.length === 0
  context.emit({ kind: 'run-finished', at: context.now(), ok, ...(isCancelled() && { cancelled: true }) })
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

async function prepare(context: RunContext, plans: readonly Plan[]): Promise<void> {
  makeFolders(context.layout.folders)
  context.spending.tell(context.emit)
  await meetPod(context)
  await retryUnreachable(context, { video: null, doing: 'connecting to ComfyUI' }, () => connect(context))
  await cancelUnplanned(context, plans)
  await context.share?.send([])
}

/** The socket only shows progress: a run goes on without it when the rest of the server answers, and tries again meanwhile. */
async function connect(context: RunContext): Promise<void> {
  const { clients, signal } = context
  for (let tries = 1; ; tries += 1) {
    try {
      return await clients.comfyui.connect(signal)
    } catch (error) {
      if (signal.aborted || !(error instanceof PromptRunnerError)) throw error
      await clients.comfyui.queueRemaining(signal)
      const pause = pauseAfter(retries.request, tries)
      if (pause !== null) {
        await clients.pace.pause(pause, signal)
        continue
      }
      clients.comfyui.keepConnecting()
      return warn(context, `${error.message}. The run goes on without the socket: it asks every few seconds`)
    }
  }
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

function notBegun(last: string): PromptRunnerError {
  return new PromptRunnerError('PR_RUN_FAILED', `It was not begun: the run stopped at ${last}`)
}

function cancelled({ resumeCommand, signal, closing }: RunContext): PromptRunnerError {
  const reason = signal.aborted ? signal.reason : closing.reason
  return new PromptRunnerError('PR_CANCELLED', 'The run was cancelled; what is done is recorded', {
    ...(resumeCommand !== null && { hint: goOnWith(resumeCommand) }),
    cause: reason,
    exit: reason instanceof PromptRunnerError ? reason.exitCode : undefined,
  })
}
