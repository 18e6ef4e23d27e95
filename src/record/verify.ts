import { randomUUID } from 'node:crypto'
import { createClients } from '../clients/create-clients.ts'
import type { Settings } from '../config/settings-types.ts'
import { type Graph, isLink } from '../domain/graph.ts'
import { PromptRunnerError } from '../errors.ts'
import { installNetwork } from '../network/install.ts'
import { hostTable } from '../network/safety/host-table.ts'
import type { RunHost } from '../run/run-host.ts'
import { behavioursWith } from '../simulators/comfyui/behaviours/behaviours.ts'
import { atBasePath, simulatedServices } from '../simulators/simulated-services.ts'
import { virtualClock } from '../simulators/virtual-clock.ts'
import { logDifferences, type StepLog } from './event-log.ts'
import type { Work } from './work.ts'

export interface Verification {
  readonly work: Work
  /** What a client got to see of the live servers. */
  readonly live: readonly StepLog[]
  /** Name or path. */
  readonly recording: string
  readonly settings: Settings
  /** Gets what is downloaded. */
  readonly folder: string
}

/**
 * Does the work again, answered from its recording, and compares what a client gets to see. Warns of what differs where nothing is
 * simulated. Throws PR_RECORDING where else the replay differs.
 */
export async function verify({ work, live, ...replay }: Verification, { output, signal }: RunHost): Promise<void> {
  output.info('Replaying it, to see whether a client sees the same.')
  const replayed = await replayWork(work, { ...replay, signal })
  const { first, excused } = logDifferences(live, replayed, (step, node) => {
    const sent = work.sends[step]
    return sent?.kind === 'workflow' ? unmodelledClasses(sent.graph, node, replay.settings) : []
  })
  for (const difference of excused) output.warn(difference)
  if (first === null) return
  throw new PromptRunnerError('PR_RECORDING', `a replay of the recording differs from the server: ${first}`, {
    hint: '--verify=false publishes it all the same',
  })
}

/** The same work by the same clients, on the wire. Only ffmpeg may run. */
async function replayWork(
  work: Work,
  { recording, settings, folder, signal }: Omit<Verification, 'work' | 'live'> & { signal: AbortSignal },
): Promise<StepLog[]> {
  const clock = virtualClock(Date.now(), work.speed)
  const { all } = await simulatedServices(recording, { clock, newId: randomUUID, behaviours: settings.behaviours })
  const programs: readonly string[] = Object.values(settings.programs)
  await using _network = await installNetwork({
    services: all.map((service) =>
      atBasePath(service, service.name === 'comfyui' ? settings.comfyui.url.pathname : ''),
    ),
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

/** The classes of a node and of all that it depends on whose pictures the simulator only makes up. */
function unmodelledClasses(graph: Graph, nodeId: string, { behaviours }: Settings): string[] {
  const seen = new Set<string>()
  const visit = (id: string): void => {
    const node = graph[id]
    if (!node || seen.has(id)) return
    seen.add(id)
    for (const input of Object.values(node.inputs)) if (isLink(input)) visit(input[0])
  }
  visit(nodeId)
  const classes = new Set(Array.from(seen, (id) => graph[id]!.class_type))
  const modelled = behavioursWith(behaviours)
  return [...classes].filter((name) => !modelled.get(name)?.run).toSorted()
}
