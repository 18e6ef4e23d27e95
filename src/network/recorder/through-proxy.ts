import type { Duplex } from 'node:stream'
import type { ClaimedTarget } from '../wire/intercept-connections.ts'

/**
 * Is the proxy that a client of this process thinks it talks to: `CONNECT host:port` leads there, and so does an absolute address. What
 * comes after a `CONNECT` is never encrypted: TLS inside it is claimed for itself.
 */
export function throughProxy(client: Duplex, accept: (client: Duplex, target: ClaimedTarget) => void): void {
  client.once('data', (chunk: Buffer) => {
    client.pause()
    const first = chunk.toString('latin1')
    const tunnel = /^CONNECT ([^\s/]+) .*?\r\n\r\n/s.exec(first)
    if (tunnel) {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      if (tunnel[0].length < chunk.length) client.unshift(chunk.subarray(tunnel[0].length))
      accept(client, { authority: tunnel[1]!, encrypted: tunnel[1]!.endsWith(':443') })
    } else {
      client.unshift(chunk)
      accept(client, { authority: /^[A-Z]+ http:\/\/([^\s/]+)/.exec(first)?.[1] ?? null, encrypted: false })
    }
  })
}
