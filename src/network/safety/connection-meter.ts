import { constants } from 'node:os'
import { createPatches } from './patches.ts'

/** How many connections got past the interceptor. Each was refused at the handle, the last place before the system. */
export interface ConnectionMeter extends Disposable {
  readonly realConnections: number
}

/**
 * Counts at TCP's own `connect`, one call above libuv. Claimed sockets have a `connect` of their own on their handle and never
 * come here; whatever does is a real connection. `tcp` is the prototype of TCP handles.
 */
export function meterConnections(tcp: object): ConnectionMeter {
  const patches = createPatches()
  let realConnections = 0
  for (const method of ['connect', 'connect6']) {
    patches.replace(tcp, method, () => () => {
      realConnections += 1
      return -constants.errno.ECONNREFUSED
    })
  }
  return {
    get realConnections() {
      return realConnections
    },
    [Symbol.dispose]: () => patches[Symbol.dispose](),
  }
}
