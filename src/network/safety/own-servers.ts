import { Server } from 'node:net'
import { createPatches, type ReachedServers } from './guards.ts'
import { addressOf, isLoopback } from './host-table.ts'

/** Connections to a server of this process that were let through. */
export interface OwnConnections {
  /** `127.0.0.1:34567`. */
  readonly address: string
  readonly connections: number
}

/** The servers that this process itself has on loopback, as tests start them for the code that they test. */
export interface OwnServers extends ReachedServers, Disposable {
  /** Counts a connection to one. */
  passed(authority: string): void
  readonly connections: readonly OwnConnections[]
}

/** Knows the servers that listen already, and those that will. */
export function ownServers(): OwnServers {
  const counts = new Map<string, number>()
  const later = new Set<Server>()
  const patches = createPatches()
  patches.replace(
    Server.prototype,
    'listen',
    (real) =>
      function (...args) {
        later.add(this)
        return real.apply(this, args)
      },
  )
  const listening = () =>
    [...activeServers(), ...later].flatMap((server) => {
      const at = server.address()
      return at === null || typeof at === 'string' ? [] : [at]
    })
  return {
    has(authority) {
      const { host, port } = addressOf(authority, '')
      return isLoopback(host) && listening().some((at) => String(at.port) === port)
    },
    isAt: (address, port) => listening().some((at) => at.port === port && reaches(at.address, address)),
    passed: (authority) => void counts.set(authority, (counts.get(authority) ?? 0) + 1),
    get connections() {
      return Array.from(counts, ([address, connections]) => ({ address, connections }))
    },
    [Symbol.dispose]: () => patches[Symbol.dispose](),
  }
}

/** Whether a server that listens at one address answers at another, which is of loopback. */
function reaches(listens: string, address: string): boolean {
  return listens === '::' || listens === address || (listens === '0.0.0.0' && !address.includes(':'))
}

/** No public function tells of the servers that were there before; this one does, for whatever keeps the process alive. */
function activeServers(): Server[] {
  const handles = (process as { _getActiveHandles?: () => unknown[] })._getActiveHandles?.() ?? []
  return handles.filter((handle) => handle instanceof Server)
}
