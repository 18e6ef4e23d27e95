import { pauseAfter, retries } from '../domain/retry-policy.ts'
import { PromptRunnerError } from '../errors.ts'
import { type RunContext, warn } from './run-context.ts'

/**
 * Does `work`, and again up to `maxRetries` times while ComfyUI gives no answer, or none that can be used. Only for work
 * that may be done twice without harm. `video` and `doing` are for the warnings. Throws what the last attempt throws.
 */
export async function retryUnreachable<T>(
  context: RunContext,
  { video, doing }: { video: string | null; doing: string },
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!mayPass(error) || attempt > context.options.maxRetries || context.signal.aborted) throw error
      warn(context, `${error.message} (attempt ${attempt} of ${doing}, trying again)`, video)
      await waitForServer(context, error, attempt)
    }
  }
}

/** Whether the same may go better in a while, asked once more. */
function mayPass(error: unknown): error is PromptRunnerError {
  return error instanceof PromptRunnerError && error.retryAfter !== null
}

/**
 * Waits after the `failed`-th failure in a row, as long as the answer asked for, and then until ComfyUI answers: one that answers other
 * questions at once is not asked again at once. Throws `failure` when it does not answer as long as the run has patience.
 */
export async function waitForServer(context: RunContext, failure: PromptRunnerError, failed: number): Promise<void> {
  const { signal, clients } = context
  await clients.pace.pause(pauseAfter(retries.again, failed) ?? 0, signal)
  const { patience } = context.retries
  const onWait = (waited: number) => context.emit({ kind: 'server-away', at: context.now(), waited, patience })
  const isBack = await awaitAnswer(context, onWait, failure.retryAfter ?? 0)
  if (!isBack) throw failure
}

interface Asked extends Pick<RunContext, 'retries' | 'signal'> {
  readonly clients: Pick<RunContext['clients'], 'comfyui' | 'pace'>
}

/**
 * Waits until ComfyUI answers, as long as there is patience, and says before each pause how long it has waited. It is not asked before
 * `asked` milliseconds are over, as far as that leaves patience. Whether it answered.
 */
export async function awaitAnswer(
  { clients, retries: policies, signal }: Asked,
  onWait: (waited: number) => void,
  asked = 0,
): Promise<boolean> {
  const { pace, comfyui } = clients
  // A server that hangs takes the question and says nothing, so a look must end by itself, too.
  const end = AbortSignal.any([signal, AbortSignal.timeout(pace.limit(policies.patience))])
  let left = policies.patience
  const wait = async (pause: number) => {
    onWait(policies.patience - left)
    await pace.pause(Math.min(pause, left), end).catch(() => {})
    left -= pause
  }
  // Who is to wait longer than there is patience looks in between: not every answer means what it asks for.
  if (asked > 0) await wait(asked < left ? asked : left / 2)
  for (let looks = 1; left > 0 && !end.aborted; looks += 1) {
    const wanted = await comfyui.queueRemaining(end).then(() => null, askedBy)
    if (wanted === null) return true
    await wait(Math.max(pauseAfter(policies.server, looks) ?? 0, wanted))
  }
  signal.throwIfAborted()
  return false
}

function askedBy(error: unknown): number {
  return (error instanceof PromptRunnerError && error.retryAfter) || 0
}
