import { isIP, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { addressOf, authorityOf } from '../safety/host-table.ts'

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
