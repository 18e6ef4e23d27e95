import { allOf } from '../../domain/all-of.ts'
import type { Plan } from '../../domain/plan.ts'
import type { ScheduleEvent } from '../../domain/schedule.ts'
import { type ErrorCode, PromptRunnerError } from '../../errors.ts'
import { cancelPrompt } from '../cancel-prompts.ts'
import { type RunContext, warn } from '../run-context.ts'
import { runVideo } from '../run-video.ts'
import type { RunUnderWay } from '../servers-of-run.ts'
import type { RunServer } from './run-server.ts'

/** What has become of a film on a server. `reason`: why the server gave it back. */
export interface Outcome {
  readonly events: readonly ScheduleEvent[]
  readonly reason: PromptRunnerError | null
}

/**
 * Renders a film on one server. What is wrong with the film fails here once; what is wrong with the server gives the film back, and a
 * server that is away, or whose prompt a person has taken, takes no other one.
 */
export async function renderOn(
  context: RunContext,
  plan: Plan,
  { attempt, failures, prompts, stateNow }: RunUnderWay,
  { server, wasGivenBack }: { readonly server: RunServer; readonly wasGivenBack: boolean },
): Promise<Outcome> {
  const { videoName: film } = plan
  const { name } = server
  let reason = null as PromptRunnerError | null
  const before = failures.length
  await attempt(film, async () => {
    try {
      // What another server has done of it is known from here on, as of a run that is resumed.
      await runVideo(wasGivenBack ? { ...context, earlier: stateNow() } : context, plan, stateNow)
    } catch (error) {
      const isOver = context.signal.aborted || context.closing.aborted
      if (isOver || !isOfServer(error)) throw error
      reason = error
    }
  })
  if (reason !== null) {
    const isThere = await answers(context)
    // Where it goes on elsewhere, nobody has any use for what it does here.
    const open = prompts.of(film)
    const ended = isThere ? await allOf(open.map((prompt) => cancelPrompt(context, prompt))) : []
    for (const [index, prompt] of open.entries()) if (ended[index]) prompts.ended(prompt)
    const told = reasonOf(
      reason,
      open.filter((_, index) => !ended[index]),
    )
    const at = context.now()
    context.emit({ kind: 'video-returned', at, video: film, server: name, reason: told, isOut: !isThere })
    const left = isThere ? [] : [{ kind: 'left', server: name } as const]
    return { reason, events: [{ kind: 'given-back', film }, ...left] }
  }
  const failure = failures.slice(before).find(({ video }) => video === film)
  // Whatever hides the end of one prompt would hide that of the next.
  const isBlind = failure !== undefined && prompts.of(film).length > 0
  const isOut = isBlind || failure?.error.stopsRun === true
  if (isOut && !context.signal.aborted) warn(context, `${name} takes no further film: ${failure!.error.message}`)
  return {
    reason: null,
    events: [{ kind: 'ended', film }, ...(isOut ? [{ kind: 'left', server: name } as const] : [])],
  }
}

/** Failures that say nothing of the film: another server may do it. */
const ofServers: readonly ErrorCode[] = ['PR_COMFY_UNREACHABLE', 'PR_COMFY_HTTP', 'PR_COMFY_LOST']

function isOfServer(error: unknown): error is PromptRunnerError {
  return error instanceof PromptRunnerError && ofServers.includes(error.code) && !error.stopsRun
}

async function answers({ clients, signal }: RunContext): Promise<boolean> {
  try {
    await clients.comfyui.queueRemaining(signal)
    return true
  } catch (error) {
    if (error instanceof PromptRunnerError) return false
    throw error
  }
}

/** What an open prompt does there meanwhile nobody sees. */
function reasonOf({ message }: PromptRunnerError, open: readonly string[]): string {
  return open.length === 0 ? message : `${message}; prompt ${open.join(', ')} may still wait or run there, and cost`
}
