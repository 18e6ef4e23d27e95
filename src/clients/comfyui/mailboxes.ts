import type { Pace } from '../../domain/pace.ts'
import type { PromptEvent } from '../clients.ts'
import type { SocketMessage } from './message.ts'

/**
 * Why a follower should look again. `ended`: the history entry is there. `ending`: it is about to be. `doubt`: messages may
 * have been missed.
 */
type Wake = 'ended' | 'ending' | 'doubt'

/**
 * What the socket says about one prompt. It is kept from before the prompt is sent, because events may come before the
 * answer to `POST /prompt`.
 */
export interface Mailbox {
  /** Hands over what has come so far, and what comes from now on. */
  listen(onEvent: (event: PromptEvent) => void): void
  /** The next reason to look, or null after `ms`. Throws the signal's reason. */
  wait(ms: number, signal?: AbortSignal): Promise<Wake | null>
}

interface Mailboxes {
  /** `connected`: whether the socket is open now, so that nothing can be missed. An existing box is given back. */
  open(promptId: string, connected: boolean): Mailbox
  drop(promptId: string): void
  deliver(message: SocketMessage): void
  /** Tells every prompt about the socket. */
  socket(state: 'open' | 'closed' | 'reconnecting', detail: string): void
}

/** Sorts the messages of one socket into a mailbox per prompt. */
export function createMailboxes(pace: Pace): Mailboxes {
  const boxes = new Map<string, FillableMailbox>()
  /** Frames without a prompt id (previews of old servers, the first `executing` after a reconnect) belong to what started last. */
  let started: string | null = null

  return {
    open(promptId, connected) {
      const box = boxes.get(promptId) ?? createMailbox(connected ? null : 'doubt', pace)
      boxes.set(promptId, box)
      return box
    },
    drop(promptId) {
      boxes.delete(promptId)
    },
    deliver({ promptId, event, stage }) {
      if (event?.kind === 'queue') {
        for (const box of boxes.values()) box.put(event, null)
        return
      }
      if (event?.kind === 'started') started = promptId
      boxes.get(promptId ?? started ?? '')?.put(event, stage)
    },
    socket(state, detail) {
      const wake = state === 'reconnecting' ? null : 'doubt'
      for (const box of boxes.values()) box.put({ kind: 'socket', state, detail }, wake)
    },
  }
}

interface FillableMailbox extends Mailbox {
  put(event: PromptEvent | null, wake: Wake | null): void
}

const URGENCY: readonly (Wake | null)[] = [null, 'ending', 'doubt', 'ended']

function createMailbox(first: Wake | null, pace: Pace): FillableMailbox {
  let kept: PromptEvent[] = []
  let listener: ((event: PromptEvent) => void) | null = null
  let pending: Wake | null = first
  let ring: () => void = () => {}

  return {
    put(event, wake) {
      if (event && listener) listener(event)
      else if (event) kept.push(event)
      if (URGENCY.indexOf(wake) > URGENCY.indexOf(pending)) pending = wake
      if (pending !== null) ring()
    },
    listen(onEvent) {
      listener = onEvent
      const before = kept
      kept = []
      for (const event of before) onEvent(event)
    },
    async wait(ms, signal) {
      signal?.throwIfAborted()
      if (pending === null) {
        const over = new AbortController()
        ring = () => over.abort()
        signal?.addEventListener('abort', ring)
        await pace.patience(ms, over.signal).catch(() => {})
        signal?.removeEventListener('abort', ring)
        signal?.throwIfAborted()
      }
      const wake = pending
      pending = null
      return wake
    },
  }
}
