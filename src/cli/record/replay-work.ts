import { randomUUID } from 'node:crypto'
import { createClients } from '../../clients/real-clients.ts'
import type { Settings } from '../../config/settings-types.ts'
import { installNetwork } from '../../network/install.ts'
import { hostTable } from '../../network/safety/host-table.ts'
import { simulatedServices } from '../../simulators/simulated-services.ts'
import { virtualClock } from '../../simulators/virtual-clock.ts'
import type { StepLog } from './event-log.ts'
import type { Work } from './work.ts'

/** The same work by the same clients, answered from `recording` (name or path) on the wire. Only ffmpeg may run. */
export async function replayWork(
  work: Work,
  options: { recording: string; settings: Settings; folder: string; signal: AbortSignal },
): Promise<StepLog[]> {
  const { recording, settings, folder, signal } = options
  const clock = virtualClock(Date.now(), work.speed)
  const { all } = await simulatedServices(recording, { clock, newId: randomUUID })
  const programs: readonly string[] = Object.values(settings.programs)
  await using _network = await installNetwork({
    services: all,
    hosts: hostTable(settings.comfyui.url),
    mayRun: (file) => programs.includes(file),
  })
  const clients = await createClients(settings, { clientId: randomUUID() })
  try {
    return await work.run(clients, folder, signal)
  } finally {
    await clients.comfyui.close()
  }
}
