import { setTimeout as wait } from 'node:timers/promises'
import type { RunContext } from './run-context.ts'

/** Milliseconds between the looks: a quarter of a minute in all. */
const PAUSES = [250, 500, 1_000, 2_000, 4_000, 8_000]

/** Waits until ComfyUI answers again, or for about 16 seconds: the next attempt then says itself what is wrong. */
export async function waitForServer({ clients, signal }: RunContext): Promise<void> {
  for (const pause of PAUSES) {
    const answers = await clients.comfyui.queueRemaining(signal).then(
      () => true,
      () => false,
    )
    if (answers) return
    await wait(pause, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
