import { randomUUID } from 'node:crypto'
import { createComfyuiClient } from '../../clients/comfyui.ts'
import type { StartEngine } from '../../network/engine.ts'
import { hostTable } from '../../network/host-table.ts'
import { installNetwork } from '../../network/install.ts'
import { simulatedServices } from '../../simulators/simulated-services.ts'
import { virtualClock } from '../../simulators/virtual-clock.ts'
import type { StepLog } from './event-log.ts'
import { runSteps } from './run-steps.ts'
import type { Step } from './steps.ts'

export interface StepReplay {
  /** Name or path of a recording. */
  readonly recording: string
  readonly steps: readonly Step[]
  readonly folder: string
  readonly signal: AbortSignal
  readonly engine?: StartEngine
}

/** The same steps by the same client, answered from a recording, at the pace of the recorded server: an interrupt needs time. */
export async function replaySteps({ recording, steps, folder, signal, engine }: StepReplay): Promise<StepLog[]> {
  const url = new URL('http://comfyui.invalid:8188')
  const { all } = await simulatedServices(recording, { clock: virtualClock(Date.now(), 1), newId: randomUUID })
  await using network = await installNetwork({ services: all, hosts: hostTable(url), ...(engine ? { engine } : {}) })
  const client = createComfyuiClient({
    url,
    clientId: randomUUID(),
    ...(network.webSocket ? { webSocket: network.webSocket } : {}),
  })
  try {
    return await runSteps(steps, { client, run: randomUUID(), folder, signal })
  } finally {
    await client.close()
  }
}
