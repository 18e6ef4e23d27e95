import { onTestFinished } from 'vitest'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import type { Json } from './rehearse.ts'
import { simulatedWorld } from './simulated-world.ts'

/** A world in which no prompt ends before `finish` lets the server's time go on. */
export async function busyWorld() {
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
  onTestFinished(() => finish())
  const clock = virtualClock(Date.now(), 0)
  const world = await simulatedWorld(undefined, {
    ...clock,
    async sleep(ms, signal) {
      // The server's own pauses are shorter than any node's work.
      if (ms > 10) await finished
      return clock.sleep(ms, signal)
    },
  })
  const queue = async (): Promise<Json> =>
    (await world.send('comfyui', new Request('http://127.0.0.1:8188/queue'))).json()
  return { world, queue, finish }
}
