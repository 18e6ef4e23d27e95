import { LONGEST_ASKED, pauseAfter, retries } from '../../domain/retry-policy.ts'
import { PromptRunnerError } from '../../errors.ts'
import type { HistoryEntry, PromptEvent, QueueState } from '../clients.ts'
import type { Mailbox } from './mailboxes.ts'
import { lost } from './outcome.ts'

interface Follow {
  readonly promptId: string
  readonly mailbox: Mailbox
  history(promptId: string, signal?: AbortSignal): Promise<HistoryEntry | null>
  queue(signal?: AbortSignal): Promise<QueueState>
  /** Is told at each look that the prompt has not ended. */
  onLook(event: Looked): void
  readonly signal: AbortSignal | undefined
}

/**
 * Waits for the history entry of a prompt, whatever becomes of the socket. With a socket that works this asks once, after
 * the last message of the prompt; the number of requests then does not depend on how fast either side is.
 * Sockets fall silent without closing (ComfyUI issues 3128, 9393), so history is asked now and then anyway.
 * Throws PR_COMFY_LOST, and what the last look throws when those that `retries.silence` allows have all failed, or it asks for a long pause.
 */
export async function followPrompt(follow: Follow): Promise<HistoryEntry> {
  const { promptId, mailbox, signal } = follow
  const { firstPause, growth, longestPause } = retries.outcome
  let delay: number = longestPause
  let announced = false
  let failures = 0
  for (;;) {
    const wake = await mailbox.wait(delay, signal)
    if (wake === 'ending' || wake === 'ended') {
      announced = true
      delay = wake === 'ending' ? GRACE : firstPause
    } else if (wake === null) delay = Math.min(delay * growth, longestPause)
    if (wake === 'ending') continue
    try {
      const found = await look(follow)
      failures = 0
      if (found !== 'unknown' && 'kind' in found) follow.onLook(found)
      else if (typeof found === 'object') return found
      // A prompt whose end was announced is not lost: its entry is about to be written.
      if (found === 'unknown' && !(announced && delay < longestPause)) throw lost(promptId)
    } catch (error) {
      failures += 1
      const asked = error instanceof PromptRunnerError ? error.retryAfter : null
      const pause = pauseAfter(retries.silence, failures)
      // A server that does not answer for a moment is no reason to give up a render.
      if (asked === null || asked > LONGEST_ASKED || pause === null) throw error
      delay = Math.max(pause, asked)
    }
  }
}

/** The entry is written and the last message sent within milliseconds of `execution_success`; that message is worth waiting for. */
const GRACE = 250

type Looked = Extract<PromptEvent, { kind: 'look' }>

/** Two calls are not atomic, so a prompt that is not in the queue is looked for in the history again. */
async function look({ promptId, history, queue, signal }: Follow): Promise<HistoryEntry | Looked | 'unknown'> {
  const entry = await history(promptId, signal)
  if (entry) return entry
  const { running, pending } = await queue(signal)
  if (running.includes(promptId)) return { kind: 'look', state: 'running', before: [] }
  const place = pending.indexOf(promptId)
  if (place >= 0) return { kind: 'look', state: 'pending', before: [...running, ...pending.slice(0, place)] }
  return (await history(promptId, signal)) ?? 'unknown'
}
