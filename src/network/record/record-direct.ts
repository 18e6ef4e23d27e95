import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { Socket, type TcpSocketConnectOpts } from 'node:net'
import { type ConnectionOptions, connect, rootCertificates } from 'node:tls'

/** Agents whose connections reach the real network although every other connection of the process is claimed. */
export interface DirectAgents extends Disposable {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

/**
 * Must be called before connections are intercepted: it keeps Node's own `connect`. The interceptor can also pass a
 * connection through, but with 0.45.12 the second request of a kept-alive one then hangs. `ca`: PEM text of an own
 * authority, trusted besides the usual ones.
 */
export function directAgents(ca: string | null): DirectAgents {
  const realConnect = Socket.prototype.connect
  const plain = (options: TcpSocketConnectOpts): Socket => Reflect.apply(realConnect, new Socket(), [options])
  const http = Object.assign(new HttpAgent({ keepAlive: true }), { createConnection: plain })
  const encrypted = (options: ConnectionOptions & TcpSocketConnectOpts) =>
    connect({
      ...options,
      ...(ca ? { ca: [...rootCertificates, ca] } : {}),
      ALPNProtocols: ['http/1.1'],
      socket: plain(options),
    })
  const https = Object.assign(new HttpsAgent({ keepAlive: true }), { createConnection: encrypted })
  return {
    http,
    https,
    [Symbol.dispose]() {
      http.destroy()
      https.destroy()
    },
  }
}
