import type { Faults } from './faults.ts'

/** Nothing goes wrong, and nothing is put around anything. */
export const noFaults: Faults = {
  comfyui: (make) => make(),
  wrap: (service) => service,
  lines: new Map(),
  programs: (run) => run,
  events: (emit) => emit,
  disk: () => ({ [Symbol.dispose]: () => {} }),
  report: () => [],
  problems: () => [],
}
