/**
 * Whether the server's default middleware refuses a request with 403 (server.py, create_origin_only_middleware): a
 * loopback Host and an Origin of another name or port. Only requests that carry both are looked at.
 */
export function isForeignOrigin(request: Request): boolean {
  const host = (request.headers.get('host') ?? new URL(request.url).host).toLowerCase()
  const origin = request.headers.get('origin')
  if (origin === null) return false
  const [ours, theirs] = [
    split(host),
    split(/^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(origin)?.[1]?.toLowerCase() ?? ''),
  ]
  if (!isLoopback(ours.name)) return false
  const portsCount = ours.port !== '' && theirs.port !== ''
  const [a, b] = portsCount ? [host, `${theirs.name}:${theirs.port}`] : [ours.name, theirs.name]
  return a !== '' && b !== '' && a !== b
}

function split(authority: string): { name: string; port: string } {
  const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority) ?? []
  return { name, port }
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name)
}
