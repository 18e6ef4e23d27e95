import { uuidV5 } from '../domain/ids.ts'
import { keepsTo, limits, ruleOf } from '../domain/limits.ts'
import { shareOfTime } from '../domain/pace.ts'
import { PromptRunnerError } from '../errors.ts'
import type { Faults } from '../network/faults/faults.ts'
import { noFaults } from '../network/faults/no-faults.ts'
import { type HostTable, hostTable } from '../network/safety/host-table.ts'
import { openLedger, unmatchedError } from '../network/safety/ledger.ts'
import { createRedactor } from '../recording/redact.ts'
import type { NodeBehaviour } from '../simulators/comfyui/behaviours/node-behaviour.ts'
import { atBasePath, simulatedServices } from '../simulators/simulated-services.ts'
import type { Clock, ServiceName, SimulatedService } from '../simulators/simulator.ts'
import { virtualClock } from '../simulators/virtual-clock.ts'

export interface SimulationOptions {
  /** Name of a shipped recording, a folder of HARs, or one HAR file. Default: `wan22-two-chunks`. */
  readonly recording?: string
  /** Where the code under test looks for ComfyUI. Default: `http://127.0.0.1:8188`. */
  readonly comfyuiUrl?: string | URL
  /** How fast the recorded time goes by: 1 as it was recorded, 20 twenty times as fast; `max`, the default, at once. */
  readonly speed?: number | 'max'
  /** Names of the buckets that exist. Without it every bucket does. */
  readonly buckets?: readonly string[]
  /** Ids of the pods that exist. Without it every pod does. */
  readonly pods?: readonly string[]
  /** Model files that the server has besides those that were recorded: `checkpoints/x.safetensors`. */
  readonly models?: readonly string[]
  /** What node classes do, by code. */
  readonly behaviours?: readonly NodeBehaviour[]
}

/** ComfyUI, Google Cloud Storage and RunPod as recordings know them, in memory, one state for all that is made from it. */
export interface Simulation {
  readonly services: ReadonlyMap<ServiceName, SimulatedService>
  readonly hosts: HostTable
  /** PR_UNMATCHED_REQUEST for each request that the simulation had no answer to. */
  problems(): PromptRunnerError[]
}

/** A simulation of its own. Throws PR_RECORDING. */
export async function simulate(options: SimulationOptions = {}): Promise<Simulation> {
  const { services, hosts } = await loadWorld(options)
  const ledger = openLedger(createRedactor().url)
  return {
    services: new Map(services.map((service) => [service.name, ledger.wrap(service)])),
    hosts,
    problems: () => ledger.unmatched.map(unmatchedError),
  }
}

/** What every export takes: options of a simulation, or one that others use too. */
export async function simulationOf(from: Simulation | SimulationOptions): Promise<Simulation> {
  return 'services' in from ? from : simulate(from)
}

/** The services as they are, for a network that keeps its own ledger. */
export async function loadWorld({
  recording = 'wan22-two-chunks',
  comfyuiUrl = 'http://127.0.0.1:8188',
  speed = 'max',
  behaviours,
  models,
  buckets,
  pods,
  faults = noFaults,
  answersFirst = false,
}: SimulationOptions & {
  readonly faults?: Pick<Faults, 'comfyui' | 'wrap'>
  readonly answersFirst?: boolean
}): Promise<{
  services: readonly SimulatedService[]
  hosts: HostTable
  clock: Clock
}> {
  if (speed !== 'max' && !keepsTo(limits.speed, speed)) {
    throw new PromptRunnerError('PR_USAGE', `speed must be ${ruleOf(limits.speed)}, or max, and is ${speed}`)
  }
  const clock = virtualClock(Date.now(), shareOfTime(speed))
  let count = 0
  // The same ids in every run, so that a test may expect them.
  const newId = () => {
    count += 1
    return uuidV5(`simulated ${count}`, SIMULATION)
  }
  const options = {
    clock,
    newId,
    keepBytes: true,
    behaviours,
    models,
    buckets,
    pods,
    answersFirst,
    comfyui: faults.comfyui,
  }
  const { all, comfyui } = await simulatedServices(recording, options)
  const url = new URL(comfyuiUrl)
  const services = all.map((service) => atBasePath(faults.wrap(service), service === comfyui ? url.pathname : ''))
  return { services, hosts: hostTable(url), clock }
}

const SIMULATION = 'b0c4f2d8-6f0f-5c39-9c1c-3f1f4b1f3c57'
