import type { WebSocketConstructor } from '../../clients/comfyui/socket.ts'
import { createComfyui } from '../../clients/create-clients.ts'
import { realPace } from '../../clients/real-pace.ts'
import type { Settings } from '../../config/settings-types.ts'
import { allOf } from '../../domain/all-of.ts'
import type { FilmWork } from '../../domain/estimate/film-time.ts'
import { uuidV5 } from '../../domain/ids.ts'
import { PromptRunnerError } from '../../errors.ts'
import type { RunContext } from '../../orchestrator/run-context.ts'
import type { ServersOfRun } from '../../orchestrator/servers-of-run.ts'
import type { SpendingOptions } from '../../orchestrator/spending.ts'
import type { RentedServer } from '../../report/summary.ts'
import type { FileStore } from '../../simulators/comfyui/files/file-store.ts'
import type { RunState } from '../../state/run-state.ts'
import type { Estimated } from '../estimate/estimate-films.ts'
import type { Disks } from '../fill-server.ts'
import { type FleetServer, rentedServers, serversOfFleet } from './fleet.ts'
import { estimateForFleet } from './fleet-estimate.ts'
import { type SimulatedFleet, simulatedFleet } from './simulated-fleet.ts'

/** The servers of a rehearsal that has several. */
export interface RehearsedFleet extends Omit<SimulatedFleet, 'disks'> {
  /** Their disks; a film of which nobody has noted where it is is on the first. */
  disks(earlier: RunState | null): Disks
  estimate(alone: Estimated, work: FilmWork): Estimated
  readonly rented: readonly RentedServer[]
  /** `webSocket` is what sockets are opened with. */
  serversOf(
    context: Pick<RunContext, 'clients' | 'runId'>,
    spending: SpendingOptions,
    webSocket: WebSocketConstructor | undefined,
  ): Promise<ServersOfRun>
}

/** Simulates all servers of the settings. Throws PR_USAGE for an engine that has one socket only. */
export function rehearsedFleet(
  { servers, dryRun, run }: Settings,
  world: Omit<Parameters<typeof simulatedFleet>[1], 'speed'>,
): RehearsedFleet {
  if (dryRun.engine !== 'wire')
    throw new PromptRunnerError('PR_USAGE', `--engine ${dryRun.engine} simulates one server, and several were given`, {
      hint: 'leave --engine out',
    })
  const fleet = simulatedFleet(servers, { ...world, speed: dryRun.speed })
  const { parallel } = run
  return {
    ...fleet,
    disks(earlier) {
      const [first, ...others] = fleet.disks() as [FileStore]
      const of = (video: string) => fleet.serverAt(earlier?.videos[video]?.server ?? null)?.files ?? first
      return { all: [first, ...others], of }
    },
    rented: rentedServers(servers),
    estimate: (alone, work) => estimateForFleet(alone, work, { servers, parallel }),
    async serversOf({ clients, runId }, spending, webSocket) {
      const open = servers.map(async (settings): Promise<FleetServer> => {
        const pace = dryRun.faults.length > 0 ? fleet.paceOf(settings.url.href) : realPace
        const comfyui = await createComfyui(settings, { clientId: uuidV5('client', runId), webSocket, pace })
        return { settings, comfyui, pace, lacks: new Map() }
      })
      return serversOfFleet(await allOf(open), { parallel, clients, spending })
    },
  }
}
