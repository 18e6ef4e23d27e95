import { answerWithNock, RUNPOD } from '../network/libraries/with-nock.ts'
import { type Simulation, type SimulationOptions, simulationOf } from './simulation.ts'

export { type Simulation, type SimulationOptions, simulate } from './simulation.ts'

/**
 * Has nock answer `https://api.runpod.io` until it is disposed. nock itself, which is active from its import on, is left as it
 * is: `nock.disableNetConnect()` and `nock.restore()` are the caller's. Throws PR_RECORDING.
 */
export async function interceptRunpod(from: Simulation | SimulationOptions = {}): Promise<Disposable> {
  const { services } = await simulationOf(from)
  return answerWithNock(RUNPOD, services.get('runpod')!.http)
}
