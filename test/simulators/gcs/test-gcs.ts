import { type GcsSimulatorOptions, gcsSeed, gcsSimulator } from '../../../src/simulators/gcs/gcs-simulator.ts'
import type { SimulatedService } from '../../../src/simulators/simulator.ts'
import { recorded } from '../recorded.ts'
import { stillClock } from '../still-clock.ts'

/** The simulator with the shipped recording, a clock that stands, and sessions `session-1`, `session-2`, … */
export function testGcs(options: Partial<GcsSimulatorOptions> = {}): SimulatedService {
  let sessions = 0
  return gcsSimulator({
    clock: stillClock(),
    newId: () => `session-${++sessions}`,
    seed: gcsSeed(recorded('gcs/gcs.har'))!,
    ...options,
  })
}
