import { Socket } from 'node:net'
import { type ConnectionOptions, connect, rootCertificates } from 'node:tls'

/** Opens a connection to where an address leads; fails as the system says. */
export type OpenConnection = (address: URL) => Promise<Socket>

/**
 * Connections that reach the real network although every other connection of the process is claimed. Must be called before they
 * are: it keeps Node's own `connect`. `ca`: PEM text of an own authority, trusted besides the usual ones.
 */
export function directConnections(ca: string | null): OpenConnection {
  const realConnect = Socket.prototype.connect
  const plain = (options: { host: string; port: number }): Socket =>
    // A client that has sent all may still read, and so may a server.
    Reflect.apply(realConnect, new Socket({ allowHalfOpen: true }), [options])
  const encrypted = (options: ConnectionOptions & { host: string; port: number }): Socket =>
    connect({
      ...options,
      ...(ca ? { ca: [...rootCertificates, ca] } : {}),
      ALPNProtocols: ['http/1.1'],
      socket: plain(options),
    })
  return (address) => {
    const isEncrypted = address.protocol === 'https:'
    const host = address.hostname.replace(/^\[(.*)\]$/, '$1')
    const options = { host, port: Number(address.port || (isEncrypted ? 443 : 80)) }
    const socket = isEncrypted ? encrypted({ ...options, servername: servernameOf(host) }) : plain(options)
    socket.setNoDelay(true)
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once(isEncrypted ? 'secureConnect' : 'connect', () => {
        socket.off('error', reject)
        resolve(socket)
      })
    })
  }
}

/** An address in numbers is no name that TLS could ask for. */
function servernameOf(host: string): string {
  return /^[\d.]+$|:/.test(host) ? '' : host
}
