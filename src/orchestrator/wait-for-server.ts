import { setTimeout as wait } from 'node:timers/promises'
import type { RunContext } from './run-context.ts'

/** Milliseconds. */
const PATIENCE = 16_000
const FIRST_PAUSE = 250

/** Waits until ComfyUI answers again, for 16 seconds at most: the next attempt then says itself what is wrong. */
export async function waitForServer({ clients, signal }: RunContext): Promise<void> {
  // A server that hangs takes the question and says nothing, so a look must end by itself, too.
  const end = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
  for (let pause = FIRST_PAUSE; !end.aborted; pause *= 2) {
    const answers = await clients.comfyui.queueRemaining(end).then(
      () => true,
      () => false,
    )
    if (answers) return
    await wait(pause, undefined, { signal: end }).catch(() => {})
  }
  signal.throwIfAborted()
}
