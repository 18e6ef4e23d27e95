import type { WebSocketConstructor } from '../clients/comfyui/socket.ts'
import type { ServiceName, SimulatedService } from '../simulators/simulator.ts'
import type { OwnServers } from './safety/own-servers.ts'
import type { Refuse } from './safety/refusals.ts'
import type { Line } from './wire/on-wire.ts'

/** A service as an engine reaches it; the canary is one without a name of its own. */
export type Reachable = Pick<SimulatedService, 'http' | 'upgrade'> & {
  readonly name?: ServiceName
  /** Where a fault can break and refuse connections; engines that have none leave it alone. */
  readonly line?: Line | undefined
}

export interface EngineOptions {
  /** What answers at `host:port`; null when nothing is simulated there. */
  readonly serviceAt: (authority: string) => Reachable | null
  /** Where ComfyUI is, for engines that have to know addresses in advance. */
  readonly comfyuiUrl: URL
  readonly refuse: Refuse
  /** Servers of this process that may be reached; an engine that cannot tell refuses them. */
  readonly own?: OwnServers | undefined
}

/** One way of putting services under the process's own clients. Disposing it takes all of it away again. */
export interface Engine extends AsyncDisposable {
  /** What ComfyUI's socket has to be opened with; undefined: with anything. */
  readonly webSocket?: WebSocketConstructor
}

export type StartEngine = (options: EngineOptions) => Promise<Engine>
