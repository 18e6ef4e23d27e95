import { answerWithMockSocket } from '../network/libraries/with-mock-socket.ts'
import { type Simulation, type SimulationOptions, simulationOf } from './simulation.ts'

export { type Simulation, type SimulationOptions, simulate } from './simulation.ts'

/**
 * ComfyUI's `/ws` behind mock-socket, whose class stands in the place of `globalThis.WebSocket` until this is disposed.
 * Give it the simulation that also answers the HTTP requests, or nothing will ever be sent. Throws PR_RECORDING.
 */
export async function comfyuiSocket(from: Simulation | SimulationOptions = {}): Promise<Disposable> {
  const { services, hosts } = await simulationOf(from)
  const upgrade = services.get('comfyui')!.upgrade!
  return answerWithMockSocket({ comfyuiUrl: hosts.comfyuiUrl, upgrade, replaceGlobal: true })
}
