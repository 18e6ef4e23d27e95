import { once } from 'node:events'
import { createServer } from 'node:net'
import type { TrafficWatch } from '../capture/capture-traffic.ts'
import { listen } from '../wire/listen.ts'
import type { OpenConnection } from './direct-connections.ts'
import { relay } from './relay.ts'
import { upstreamRoute } from './route.ts'

export interface UpstreamOptions {
  readonly upstream: URL
  readonly open: OpenConnection
  readonly watch: TrafficWatch
  /** 0: a free one. */
  readonly port: number
}

/** A port of loopback that leads to a server, as if it were the server itself. Disposing it breaks what is still open. */
export interface ServedUpstream extends AsyncDisposable {
  readonly address: URL
}

/** Puts ComfyUI at `upstream` on a port, and writes down what clients say to it. Throws PR_USAGE when the port cannot be had. */
export async function serveUpstream({ upstream, open, watch, port }: UpstreamOptions): Promise<ServedUpstream> {
  const breakers = new Set<() => void>()
  const route = upstreamRoute(upstream)
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const breakOff = relay(client, {
      open: () => open(upstream),
      host: upstream.host,
      service: 'comfyui',
      watch,
      route,
    })
    breakers.add(breakOff)
    client.once('close', () => breakers.delete(breakOff))
  })
  const address = await listen(server, 'comfyui', port)
  return {
    address,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const breakOff of breakers) breakOff()
      await closed
    },
  }
}
