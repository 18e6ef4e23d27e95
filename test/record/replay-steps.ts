import { randomUUID } from 'node:crypto'
import { createComfyuiClient } from '../../src/clients/comfyui/comfyui.ts'
import type { Engine, StartEngine } from '../../src/network/engine.ts'
import { installNetwork } from '../../src/network/install.ts'
import { hostTable } from '../../src/network/safety/host-table.ts'
import type { StepLog } from '../../src/record/event-log.ts'
import { runSteps } from '../../src/record/run-steps.ts'
import type { Step } from '../../src/record/steps.ts'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'

export interface StepReplay {
  readonly steps: readonly Step[]
  /** Downloads go here. */
  readonly folder: string
  readonly signal: AbortSignal
}

/** The same steps by the same client, answered from a recording (name or path) by a simulated network. */
export async function replaySteps({
  recording,
  engine,
  ...replay
}: StepReplay & { readonly recording: string; readonly engine?: StartEngine }): Promise<StepLog[]> {
  const url = new URL('http://comfyui.invalid:8188')
  const { all } = await recordedServices(recording)
  await using network = await installNetwork({ services: all, hosts: hostTable(url), ...(engine ? { engine } : {}) })
  return await stepsAt(url, replay, network)
}

/** At the pace of the recorded server, for an interrupt needs time. */
export function recordedServices(recording: string) {
  return simulatedServices(recording, { clock: virtualClock(Date.now(), 1), newId: randomUUID })
}

/** The steps by a client of its own. */
export async function stepsAt(
  url: URL,
  { steps, ...run }: StepReplay,
  engine: Partial<Engine> = {},
): Promise<StepLog[]> {
  const { webSocket } = engine
  const client = createComfyuiClient({ url, clientId: randomUUID(), ...(webSocket ? { webSocket } : {}) })
  try {
    return await runSteps(steps, { ...run, client, run: randomUUID() })
  } finally {
    await client.close()
  }
}
