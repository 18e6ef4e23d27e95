import type { Settings } from '../config/settings-types.ts'
import type { Faults } from '../network/faults/faults.ts'
import { noFaults } from '../network/faults/no-faults.ts'
import type { FaultTime } from '../network/faults/wire-acts.ts'

/** What is to go wrong in a rehearsal; what reads and does it is loaded only when there is something. Throws PR_USAGE. */
export async function faultsOf({ dryRun: { faults: given, engine } }: Settings, time: FaultTime): Promise<Faults> {
  if (given.length === 0) return noFaults
  const { givenFaults } = await import('../config/fault-file.ts')
  const { parseFault } = await import('../network/faults/grammar/parse-fault.ts')
  const { checkEngine, openFaults } = await import('../network/faults/faults.ts')
  const faults = (await givenFaults(given)).map(parseFault)
  checkEngine(faults, engine)
  return openFaults(faults, time)
}
