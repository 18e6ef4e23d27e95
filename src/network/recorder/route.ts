import type { MessageHead } from './message-head.ts'

/** Where the requests of a connection go. */
export interface Route {
  /** What a request asks for, at the server. */
  address(head: MessageHead): URL
  /** The head as the server gets it. */
  sent(raw: Buffer, head: MessageHead): Buffer
}

/**
 * To the server that the client means: nothing is changed, but what a proxy takes away from requests that are for it. `origin` is
 * for a request that names no host.
 */
export function directRoute(origin: URL): Route {
  return {
    address({ start, headers }) {
      const host = headers.get('host')
      const base = (host && URL.parse(`${origin.protocol}//${host}`)) || origin
      const target = inUtf8(targetOf(start))
      // `//view` is a path, and no address without a scheme.
      return URL.parse(ABSOLUTE.test(target) ? target : base.origin + target.replace(/^\*$/, '/*')) ?? base
    },
    sent(raw, { start }) {
      const target = targetOf(start)
      if (!ABSOLUTE.test(target)) return raw
      const text = raw.toString('latin1').replace(target, () => target.replace(ABSOLUTE, '') || '/')
      return Buffer.from(text.replaceAll(/^proxy-[^\n]*\n/gim, ''), 'latin1')
    },
  }
}

/** What comes before the path in an address. */
const ABSOLUTE = /^https?:\/\/[^/?#]*/i

/**
 * To a server that the client does not know of: it is asked as if the client had its address. The host of a request is changed,
 * the path that comes before its own, and a page's origin where that is the address that the client has instead. Nothing else is.
 */
export function upstreamRoute(upstream: URL): Route {
  const base = upstream.pathname.replace(/\/$/, '')
  const targetAt = (start: string) => {
    const target = targetOf(start)
    const path = target.startsWith('/') ? target : target.replace(ABSOLUTE, '')
    return path === '*' ? path : base + (path.startsWith('/') ? path : `/${path}`)
  }
  return {
    address: ({ start }) => URL.parse(upstream.origin + inUtf8(targetAt(start)).replace(/^\*$/, '/*')) ?? upstream,
    sent(raw, { start, headers }) {
      const [method, ...rest] = start.split(' ')
      const own = `http://${headers.get('host')}`
      return Buffer.from(
        raw
          .toString('latin1')
          .replace(start, () => `${method} ${targetAt(start)} ${rest.at(-1)}`)
          .replace(/^host:[^\r\n]*/im, (line) => `${line.slice(0, 'host:'.length)} ${upstream.host}`)
          .replace(/^origin:[ \t]*([^\r\n]*)/im, (line, origin) =>
            origin === own ? `${line.slice(0, 'origin:'.length)} ${upstream.origin}` : line,
          ),
        'latin1',
      )
    },
  }
}

function targetOf(start: string): string {
  return start.slice(start.indexOf(' ') + 1, start.lastIndexOf(' '))
}

/** As most clients spell what an address should not hold. */
function inUtf8(target: string): string {
  return Buffer.from(target, 'latin1').toString()
}
