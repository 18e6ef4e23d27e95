import type { Duplex } from 'node:stream'
import type { HostTable } from '../safety/host-table.ts'
import { rememberRefusals } from '../safety/refusals.ts'
import { allOrNothing } from '../undo-list.ts'
import { type ClaimedTarget, interceptConnections } from '../wire/intercept-connections.ts'
import { directConnections, type OpenConnection } from './direct-connections.ts'
import { openRawCapture, type RawCapture, type RawCaptureOptions } from './raw-capture.ts'
import { relay } from './relay.ts'
import { directRoute } from './route.ts'
import { throughProxy } from './through-proxy.ts'

/**
 * Puts a recorder between this process's clients and the real servers of the host table; all other hosts are refused. Clients keep
 * their addresses, tokens and certificates' names: the connections are claimed as in a dry run, and made anew behind it.
 */
export function installRecorder(
  options: RawCaptureOptions & {
    readonly hosts: HostTable
    /** PEM text of an own authority. */
    readonly ca: string | null
  },
): Promise<AsyncDisposable> {
  return allOrNothing(async (undo) => {
    const open = directConnections(options.ca)
    const capture = undo.use(openRawCapture(options))
    const { refuse } = rememberRefusals()
    const { accept, breakAll } = relays({ hosts: options.hosts, open, capture })
    undo.use({ [Symbol.dispose]: breakAll })
    undo.use(
      interceptConnections({
        isKnown: (authority) => options.hosts.serviceAt(authority) !== null,
        refuse,
        accept: (end, target) => (target.authority === null ? throughProxy(end, accept) : accept(end, target)),
      }),
    )
    return undo
  })
}

interface RelaysOptions {
  readonly hosts: HostTable
  readonly open: OpenConnection
  readonly capture: RawCapture
}

function relays({ hosts, open, capture }: RelaysOptions) {
  const breakers = new Set<() => void>()
  return {
    accept(client: Duplex, { authority, encrypted }: ClaimedTarget): void {
      const service = hosts.serviceAt(authority ?? '')
      if (authority === null || service === null) {
        client.destroy()
        return
      }
      const server = new URL(`${encrypted ? 'https' : 'http'}://${authority}`)
      const breakOff = relay(client, {
        open: () => open(server),
        host: authority,
        service,
        watch: capture,
        route: directRoute(server),
      })
      breakers.add(breakOff)
      client.once('close', () => breakers.delete(breakOff))
    },
    breakAll() {
      for (const breakOff of breakers) breakOff()
    },
  }
}
