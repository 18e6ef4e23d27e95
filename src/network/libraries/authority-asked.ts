import { authorityOf } from '../safety/host-table.ts'

/** `host:port` of a request. A URL leaves out the usual port, which is not the usual one everywhere. */
export function authorityAsked({ url }: Pick<Request, 'url'>): string {
  const { hostname, port, protocol } = new URL(url)
  return authorityOf({ host: hostname.replace(/^\[|\]$/g, ''), port: port || (protocol === 'https:' ? '443' : '80') })
}
