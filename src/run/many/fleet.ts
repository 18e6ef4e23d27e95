import type { Clients, ComfyuiClient } from '../../clients/clients.ts'
import type { ServerSettings } from '../../config/settings-types.ts'
import { manyServers } from '../../orchestrator/many/many-servers.ts'
import type { RunServer } from '../../orchestrator/many/run-server.ts'
import type { ServersOfRun } from '../../orchestrator/servers-of-run.ts'
import { openSpending, type SpendingOptions } from '../../orchestrator/spending.ts'
import type { RentedServer } from '../../report/summary.ts'

/** A server of several that takes part in a run. */
export interface FleetServer {
  readonly settings: ServerSettings
  readonly comfyui: ComfyuiClient
  readonly pace: Clients['pace']
  /** What it lacks for a film, by video. */
  readonly lacks: ReadonlyMap<string, string>
}

/** The servers of a run, to render its films. `clients` are what all of them have in common; each has a pace of its own. */
export function serversOfFleet(
  fleet: readonly FleetServer[],
  { parallel, clients, spending }: { parallel: number | null; clients: Clients; spending: SpendingOptions },
): ServersOfRun {
  const servers = fleet.map(
    ({ settings, comfyui, pace, lacks }): RunServer => ({
      name: settings.url.href,
      clients: { ...clients, comfyui, pace },
      spending: openSpending(spending),
      lacks,
    }),
  )
  return manyServers(servers, parallel ?? servers.length)
}

/** What a summary tells of each. */
export function rentedServers(servers: readonly ServerSettings[]): RentedServer[] {
  return servers.map(({ url, price }) => ({ url: url.href, price }))
}
