/**
 * Whether the server's default middleware refuses a request with 403 (server.py, create_origin_only_middleware): a
 * loopback Host and an Origin of another name or port. Only requests that carry both are looked at.
 */
export function isForeignOrigin(request: Request): boolean {
  const origin = request.headers.get('origin')
  if (origin === null) return false
  const ours = split(request.headers.get('host') ?? new URL(request.url).host)
  const theirs = split(/^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)/i.exec(origin)?.[1] ?? '')
  if (!isLoopback(ours.name)) return false
  // A port that only one of them has does not count, but an address in brackets that keeps them is then another name.
  const [a, b] = [theirs.port === '' ? ours.name : ours.all, ours.port === '' ? theirs.name : theirs.all]
  return a !== '' && b !== '' && a !== b
}

/** In small letters; the name is without the brackets of an IPv6 address. */
function split(authority: string): { all: string; name: string; port: string } {
  const all = authority.toLowerCase()
  const [, address, name = '', port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(all) ?? []
  return { all, name: address ?? name, port }
}

function isLoopback(name: string): boolean {
  if (name.includes(':')) return URL.parse(`http://[${name}]`)?.hostname === '[::1]'
  return name === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(name)
}
