import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { hostTable } from '../../src/network/safety/host-table.ts'
import { createServiceServer } from '../../src/network/wire/server.ts'
import type { SimulatedService } from '../../src/simulators/simulator.ts'
import { loopbackCertificate } from './certificates.ts'
import { serviceAccount } from './service-account.ts'

/** Services that a live `pr` of its own process meets. */
export interface Loopback extends AsyncDisposable {
  /** What the process needs to meet them. It believes to be talking to the real hosts. */
  readonly env: Readonly<Record<'COMFYUI_URL' | 'GOOGLE_APPLICATION_CREDENTIALS' | 'NODE_EXTRA_CA_CERTS', string>> & {
    readonly NODE_OPTIONS: string
  }
}

/**
 * Serves simulators on loopback, Google's and RunPod's over TLS with a certificate of their names. The program under test is as
 * shipped: a module that Node loads before it, kept in `folder`, sends connections to those names to loopback and refuses any that
 * would leave the machine, as an entry in the hosts file would.
 */
export async function serveLoopback(all: readonly SimulatedService[], folder: string): Promise<Loopback> {
  const services = new Map(all.map((service) => [service.name, service] as const))
  const hosts = hostTable(new URL('http://127.0.0.1'))
  const server = createServiceServer({
    serviceAt: (authority) => services.get(hosts.serviceAt(authority.split(':')[0]!) ?? 'comfyui') ?? null,
    onUnknown: () => {},
  })
  const open = new Set<TLSSocket>()
  const tls = createServer(loopbackCertificate, (socket) => {
    open.add(socket.on('error', () => {}).on('close', () => open.delete(socket)))
    server.http.emit('connection', socket)
  })
  server.http.listen(0, '127.0.0.1')
  tls.listen(0, '127.0.0.1')
  await Promise.all([once(server.http, 'listening'), once(tls, 'listening')])
  const port = (listener: { address(): unknown }) => (listener.address() as AddressInfo).port
  writeFileSync(join(folder, 'redirect.mjs'), redirect(port(tls)))
  writeFileSync(join(folder, 'account.json'), JSON.stringify(serviceAccount()))
  return {
    env: {
      COMFYUI_URL: `http://127.0.0.1:${port(server.http)}`,
      GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'account.json'),
      NODE_EXTRA_CA_CERTS: loopbackCertificate.path,
      NODE_OPTIONS: `--import ${join(folder, 'redirect.mjs')}`,
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      tls.close()
      server.http.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

const NAMES = ['storage.googleapis.com', 'oauth2.googleapis.com', 'www.googleapis.com', 'api.runpod.io']

const redirect = (port: number) => `import { Socket } from 'node:net'
const { connect } = Socket.prototype
Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (${JSON.stringify(NAMES)}.includes(options.host)) Object.assign(options, { host: '127.0.0.1', port: ${port} })
  // A replay of a recording sends its canary to a name that no name server knows.
  const isHere = options.host === '127.0.0.1' || options.host.endsWith('.invalid')
  if (!isHere) throw new Error('a connection would leave the machine: ' + options.host)
  return connect.apply(this, args)
}
`
