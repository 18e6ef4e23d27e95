import type { MakeComfyui } from '../../simulators/simulated-services.ts'
import type { SimulatedService } from '../../simulators/simulator.ts'
import type { Faults } from './faults.ts'

/** Nothing goes wrong, and nothing is put around anything. */
export const noFaults: Faults = {
  comfyui: (make) => make(),
  wrap: (service) => service,
  server: () => ({
    comfyui: (make: MakeComfyui) => make(),
    wrap: (service: SimulatedService) => service,
    line: undefined,
  }),
  lines: new Map(),
  programs: (run) => run,
  events: (emit) => emit,
  disk: () => ({ [Symbol.dispose]: () => {} }),
  report: () => [],
  problems: () => [],
}
