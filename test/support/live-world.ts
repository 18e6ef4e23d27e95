import { onTestFinished } from 'vitest'
import type { Clock } from '../../src/simulators/simulator.ts'
import { type Loopback, serveLoopback } from './loopback.ts'
import { temporaryFolder } from './rehearse.ts'
import { type Change, type SimulatedWorld, simulatedWorld } from './simulated-world.ts'

/** ComfyUI, Google and RunPod on loopback, for a live `pr` of its own process. */
export interface LiveWorld extends Omit<SimulatedWorld, 'services'> {
  readonly env: Loopback['env']
}

/** Serves a simulated world. `change` may answer for a service instead, and `clock` says how long things take. */
export async function startWorld(change?: Change, clock?: Clock): Promise<LiveWorld> {
  const { services, ...world } = await simulatedWorld(change, clock)
  const loopback = await serveLoopback(services, temporaryFolder())
  onTestFinished(() => loopback[Symbol.asyncDispose]())
  return { ...world, env: loopback.env }
}
