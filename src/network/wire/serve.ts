import type { PromptRunnerError } from '../../errors.ts'
import { createRedactor } from '../../recording/redact.ts'
import type { ServiceName, SimulatedService } from '../../simulators/simulator.ts'
import { openLedger, unmatchedError } from '../safety/ledger.ts'
import { listen } from './listen.ts'
import type { Line } from './on-wire.ts'
import { createServiceServer, type ServiceServer } from './server.ts'

export interface ServeOptions {
  readonly services: readonly SimulatedService[]
  /** Port of the first service; the others follow. 0: each gets a free one. */
  readonly port: number
  /** The connections to each service, for faults to break. */
  readonly lines?: ReadonlyMap<ServiceName, Line>
  /** Told of each answer, and of each socket that was accepted (101). Secrets are taken out of the address. */
  readonly onAnswer?: (answer: ServedAnswer) => void
}

export interface ServedAnswer {
  readonly service: ServiceName
  readonly method: string
  readonly url: string
  readonly status: number
}

/** Simulated services on loopback. Disposing it frees the ports and breaks what is still open. */
export interface ServedNetwork extends AsyncDisposable {
  readonly addresses: Readonly<Partial<Record<ServiceName, URL>>>
  readonly requests: Readonly<Partial<Record<ServiceName, number>>>
  /** PR_UNMATCHED_REQUEST for each route that nothing answered. */
  problems(): PromptRunnerError[]
}

/** Puts each service on a port of its own, for other programs. Throws PR_USAGE when a port cannot be had. */
export async function serveNetwork({ services, port, lines, onAnswer }: ServeOptions): Promise<ServedNetwork> {
  const redactor = createRedactor()
  const ledger = openLedger(redactor.url)
  const addresses: Partial<Record<ServiceName, URL>> = {}
  const servers: ServiceServer[] = []
  const dispose = async () => {
    await Promise.all(servers.map(stop))
  }
  try {
    for (const [index, service] of services.entries()) {
      const watched = watch(ledger.wrap(service), ({ url, ...answer }) => {
        onAnswer?.({ ...answer, url: redactor.url(url) })
      })
      // Clients know a server on loopback by many names: localhost, 127.0.0.1, that of a container's host.
      const line = lines?.get(service.name)
      const server = createServiceServer({ serviceAt: () => ({ ...watched, line }), onUnknown: () => {} })
      // A port that stays taken cannot refuse; to be hung up on at once comes nearest.
      if (line) server.http.on('connection', (socket) => line.refuses() && socket.resetAndDestroy())
      servers.push(server)
      addresses[service.name] = await listen(server.http, service.name, port === 0 ? 0 : port + index)
    }
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    addresses,
    requests: ledger.requests,
    problems: () => ledger.unmatched.map(unmatchedError),
    [Symbol.asyncDispose]: dispose,
  }
}

function watch(service: SimulatedService, tell: (answer: ServedAnswer) => void): SimulatedService {
  const told = ({ method, url }: Request, status: number) => tell({ service: service.name, method, url, status })
  return {
    ...service,
    async http(request) {
      const response = await service.http(request)
      told(request, response.status)
      return response
    },
    upgrade(request) {
      const decision = service.upgrade?.(request) ?? null
      if (decision !== null) told(request, typeof decision === 'function' ? 101 : decision.status)
      return decision
    },
  }
}

/** Connections that wait for another request, or for an answer that takes for ever, do not hold it up. */
async function stop(server: ServiceServer): Promise<void> {
  const closed = server[Symbol.asyncDispose]()
  server.http.closeAllConnections()
  await closed
}
