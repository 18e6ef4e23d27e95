import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { SocketInterceptor } from '@mswjs/interceptors/net'
import { addressOf, connectionTarget } from '../safety/host-table.ts'
import type { OwnServers } from '../safety/own-servers.ts'
import type { Refuse } from '../safety/refusals.ts'
import { bridge } from './bridge.ts'

export interface InterceptOptions {
  readonly isKnown: (authority: string) => boolean
  /** Whether nothing listens there just now. */
  readonly isDown?: (authority: string) => boolean
  /** Servers of this process, which are reached for real. */
  readonly own?: Pick<OwnServers, 'has' | 'passed'> | undefined
  readonly refuse: Refuse
  /** Gets the server's end of each connection. */
  readonly accept: (end: Duplex, target: ClaimedTarget) => void
}

export interface ClaimedTarget {
  /** null: a proxy; the first bytes name the target, which is known. */
  readonly authority: string | null
  readonly encrypted: boolean
}

/**
 * Claims every TCP and TLS connection that this process opens. Those to known hosts are accepted, all others refused.
 * No socket of the operating system is opened, but to the process's own servers where these are given. Connections that were open before are left alone.
 */
export function interceptConnections({ isKnown, isDown, own, refuse, accept }: InterceptOptions): Disposable {
  const interceptor = new SocketInterceptor()
  const open = new Set<Socket>()
  interceptor.on('connection', ({ socket, connectionOptions, controller }) => {
    const target = connectionTarget(socket, connectionOptions)
    if (target.path !== null) {
      socket.destroy(refuse('unix-socket', target.path))
      return
    }
    const { authority, encrypted } = target
    const claim = (at: string | null, first?: Buffer) => {
      // Before the claim, for a TLS client inside a tunnel writes its request while it is being claimed.
      const near = bridge(socket, encrypted, (end) => accept(end, { authority: at, encrypted }))
      if (first) near.write(first)
      controller.claim()
      // A freed connection is a new one to the interceptor, which holds all that is written to it until somebody claims it.
      socket.on('free', () => controller.claim())
      open.add(socket)
      socket.once('close', () => open.delete(socket))
    }
    if (!isKnown(authority) && own?.has(authority)) {
      own.passed(authority)
      controller.passthrough()
      return
    }
    const inTunnel = encrypted && 'servername' in connectionOptions ? `${connectionOptions.servername}:443` : null
    if (!isKnown(authority) && inTunnel !== null && isKnown(inTunnel)) {
      // Some clients give the proxy's address to the TLS inside its tunnel; only the name it asks for tells where it leads.
      claim(inTunnel)
    } else if (!isKnown(authority)) {
      const proxied = (first: Buffer) => claim(null, first)
      unlessProxy(socket, isKnown, proxied, (target) => socket.destroy(refuse('connection', target ?? authority)))
    } else if (encrypted && !speaksHttp1(connectionOptions)) {
      socket.destroy(refuse('connection', `${authority} (HTTP/2 only)`))
    } else if (isDown?.(authority)) socket.destroy(connectionRefused(authority))
    else claim(authority)
  })
  interceptor.apply()
  return {
    [Symbol.dispose]() {
      interceptor.dispose()
      // A client's pool must not go on talking to a network that is gone.
      for (const socket of open) socket.destroy()
    },
  }
}

/**
 * An unknown host may be a proxy from the environment. Its first bytes name the real target, by `CONNECT host:port` or by an
 * absolute URL; only that has to be known. A client that says nothing waits for the server to speak first, which no proxy does.
 */
function unlessProxy(
  socket: Socket,
  isKnown: (authority: string) => boolean,
  claim: (first: Buffer) => void,
  refuse: (target?: string) => void,
): void {
  const silence = setTimeout(() => {
    socket.off('data', first)
    refuse()
  }, 100)
  function first(chunk: Buffer): void {
    clearTimeout(silence)
    const target = /^(?:CONNECT |[A-Z]+ http:\/\/)([^\s/]+)/.exec(chunk.toString('latin1'))?.[1]
    if (target !== undefined && isKnown(target)) claim(chunk)
    else refuse(target)
  }
  socket.once('data', first)
  socket.once('close', () => clearTimeout(silence))
}

/** As Node reports what the system says of a port where nothing listens. */
function connectionRefused(authority: string): Error {
  const { host: address, port } = addressOf(authority, '80')
  const facts = { code: 'ECONNREFUSED', errno: -111, syscall: 'connect', address, port: Number(port) }
  return Object.assign(new Error(`connect ECONNREFUSED ${authority}`), facts)
}

/** Chooses HTTP/1.1 for a client that offers both; the server speaks nothing else. */
function speaksHttp1(options: object): boolean {
  const offered = 'ALPNProtocols' in options && Array.isArray(options.ALPNProtocols) ? options.ALPNProtocols : null
  if (offered === null || offered.length === 0) return true
  if (!offered.includes('http/1.1')) return false
  Object.assign(options, { ALPNProtocols: ['http/1.1'] })
  return true
}
