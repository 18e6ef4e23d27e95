import { isIP, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ServiceName } from '../../simulators/simulator.ts'

/** Which simulated service answers at which address. */
export interface HostTable {
  /** The service at `host:port` or `host`, as in a Host header; null when nothing is simulated there. */
  serviceAt(authority: string): ServiceName | null
  readonly comfyuiUrl: URL
  /** What is known, for messages. */
  readonly known: readonly string[]
}

/** The addresses of the world outside, with ComfyUI where the settings say it is, and `others` where there are several. */
export function hostTable(comfyuiUrl: URL, others: readonly URL[] = []): HostTable {
  const all = [comfyuiUrl, ...others]
  return {
    comfyuiUrl,
    known: [...all.map(shownAddress), ...fixed.map(([name]) => name)],
    serviceAt(authority) {
      if (all.some((url) => isAt(url, authority))) return 'comfyui'
      const { host } = addressOf(authority, '')
      return fixed.find(([name]) => (name.startsWith('*') ? host.endsWith(name.slice(1)) : host === name))?.[1] ?? null
    },
  }
}

/** Whether an address leads to `host:port` or `host`, as in a Host header. */
export function isAt(url: URL, authority: string): boolean {
  const server = serverAt(url)
  const { host, port } = addressOf(authority, server.port)
  return host === server.host && port === server.port
}

function serverAt({ host, protocol }: URL): Address {
  return addressOf(host, protocol === 'https:' ? '443' : '80')
}

function shownAddress(url: URL): string {
  const server = serverAt(url)
  return server.port === '80' || server.port === '443' ? server.host : authorityOf(server)
}

// Google's library asks for the metadata server by name and by number, with and without a trailing dot.
const fixed: ReadonlyArray<readonly [string, ServiceName]> = [
  ['storage.googleapis.com', 'gcs'],
  ['*.storage.googleapis.com', 'gcs'],
  ['oauth2.googleapis.com', 'google-auth'],
  ['www.googleapis.com', 'google-auth'],
  ['metadata.google.internal', 'metadata'],
  ['169.254.169.254', 'metadata'],
  ['api.runpod.io', 'runpod'],
]

export interface Address {
  /** Lower case, without trailing dot or brackets. */
  readonly host: string
  readonly port: string
}

/** Takes an authority apart: `HOST.`, `host:80`, `[::1]:8188`, `::1`. */
export function addressOf(authority: string, defaultPort: string): Address {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(authority)
  const plain = bracketed ?? (authority.split(':').length > 2 ? null : /^([^:]*)(?::(\d+))?$/.exec(authority))
  const [, host = authority, port = defaultPort] = plain ?? []
  return { host: host.toLowerCase().replace(/\.$/, ''), port }
}

/** `host:port`, with an IPv6 address in brackets: `[::1]:8188`. */
export function authorityOf({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Whether a host is this machine by name or by address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** `ws://host:port/ws` of ComfyUI at `http://host:port`, below the path that the address has. */
export function socketUrl({ protocol, host, pathname }: URL): string {
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}${pathname.replace(/\/$/, '')}/ws`
}

/** Where a connection that is being opened goes: a unix socket, or `host:port`. */
export type ConnectionTarget =
  | { readonly path: string }
  | { readonly path: null; readonly authority: string; readonly encrypted: boolean }

/** `options` are those of `net.connect`: a port is a string or a number, and a unix socket has nothing but its path. */
export function connectionTarget(
  socket: Socket,
  { path, host, port }: { path?: string | null; host?: string | null; port?: string | number | null },
): ConnectionTarget {
  if (path && !host && !port) return { path }
  const encrypted = socket instanceof TLSSocket
  const authority = authorityOf(addressOf(bracketed(host ?? 'localhost'), String(port ?? (encrypted ? 443 : 80))))
  return { path: null, authority, encrypted }
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}
