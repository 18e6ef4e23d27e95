import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Simulator } from '../../src/simulators/simulator.ts'

export interface Listening {
  readonly origin: string
  close(): Promise<void>
}

/** A simulator on a loopback port of its own. */
export async function listening(simulator: Simulator): Promise<Listening> {
  const server = serve({ fetch: simulator, hostname: '127.0.0.1', port: 0, overrideGlobalObjects: false }) as Server
  if (!server.listening) await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
