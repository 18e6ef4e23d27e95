import { serviceHandler, socketHandler } from '../network/libraries/with-msw.ts'
import { type Simulation, type SimulationOptions, simulationOf } from './simulation.ts'

export { type Simulation, type SimulationOptions, simulate } from './simulation.ts'

/** What `setupServer` takes. */
export type Handler = ReturnType<typeof serviceHandler> | ReturnType<typeof socketHandler>

/**
 * Handlers for MSW's `setupServer`: ComfyUI with its `/ws`, Google Cloud Storage and RunPod, for clients that use fetch,
 * node:http or the global WebSocket. Throws PR_RECORDING.
 */
export async function handlers(from: Simulation | SimulationOptions = {}): Promise<Handler[]> {
  const { services, hosts } = await simulationOf(from)
  const upgrade = services.get('comfyui')?.upgrade
  const serviceAt = (authority: string) => {
    const name = hosts.serviceAt(authority)
    return name === null ? null : (services.get(name) ?? null)
  }
  return [serviceHandler(serviceAt), ...(upgrade ? [socketHandler(hosts.comfyuiUrl, upgrade)] : [])]
}
