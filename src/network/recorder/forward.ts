import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { Socket, type TcpSocketConnectOpts } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { type ConnectionOptions, connect, rootCertificates } from 'node:tls'
import { WebSocket } from 'ws'
import type { ServiceName, SimulatedService, SocketEnd } from '../../simulators/simulator.ts'

export interface ForwardOptions {
  readonly name: ServiceName
  readonly agents: DirectAgents
  /** Where requests go; null: to the host that they name. */
  readonly upstream: URL | null
}

/** A service that has every request answered by the real one. Bodies and frames flow through, nothing is held. */
export function forwardingService({ name, agents, upstream }: ForwardOptions): SimulatedService {
  const target = (request: Request) => {
    const url = new URL(request.url)
    return upstream ? new URL(upstream.pathname.replace(/\/$/, '') + url.pathname + url.search, upstream) : url
  }
  return {
    name,
    http: (request) => forward(request, target(request), agents),
    upgrade: (request) => (end) => join(end, request, target(request), agents),
  }
}

async function forward(request: Request, url: URL, agents: DirectAgents): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const encrypted = url.protocol === 'https:'
  const outgoing = (encrypted ? requestHttps : requestHttp)(url, {
    method: request.method,
    headers: headersFor(request.headers, url),
    agent: encrypted ? agents.https : agents.http,
  })
  outgoing.on('response', resolve).on('error', reject)
  request.signal.addEventListener('abort', () => outgoing.destroy(), { once: true })
  const sending = request.body
    ? pipeline(Readable.fromWeb(request.body as NodeStream<Uint8Array>), outgoing)
    : void outgoing.end()
  // A server may answer, and hang up, before it has read everything.
  sending?.catch(reject)
  try {
    return responseOf(await promise)
  } catch (error) {
    // What a gateway says of a server that does not answer; clients know it.
    return new Response(`${url.host} does not answer: ${(error as Error).message}\n`, { status: 502 })
  }
}

function responseOf(incoming: IncomingMessage): Response {
  const headers = new Headers()
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    const name = incoming.rawHeaders[at]!
    if (!hopByHop.test(name)) headers.append(name, incoming.rawHeaders[at + 1]!)
  }
  const status = incoming.statusCode ?? 502
  const bodiless = [204, 205, 304].includes(status)
  if (bodiless) incoming.resume()
  const body = bodiless ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>)
  return new Response(body, { status, statusText: incoming.statusMessage ?? '', headers })
}

/** Bodies are wanted as they are: a recording keeps them decoded. */
function headersFor(headers: Headers, url: URL): Record<string, string> {
  const kept = Array.from(headers).filter(([name]) => !hopByHop.test(name))
  return { ...Object.fromEntries(kept), host: url.host, 'accept-encoding': 'identity' }
}

const hopByHop = /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i

/** Joins an accepted socket to one that is opened to the real server; what the client says before that is kept. */
function join(end: SocketEnd, request: Request, url: URL, agents: DirectAgents): void {
  const encrypted = url.protocol === 'https:'
  const address = new URL(url.href.replace(/^http/, 'ws'))
  const real = new WebSocket(address, {
    agent: encrypted ? agents.https : agents.http,
    headers: Object.fromEntries(
      Array.from(request.headers).filter(([name]) => !hopByHop.test(name) && !/^(?:host|sec-websocket-.*)$/.test(name)),
    ),
    perMessageDeflate: false,
    maxPayload: 0,
  })
  const opened = new Promise<void>((resolve) => real.once('open', resolve))
  const afterOpening = (act: () => void) => void opened.then(() => real.readyState === WebSocket.OPEN && act())
  end.onMessage((data) => afterOpening(() => real.send(data)))
  end.onPing?.((data) => afterOpening(() => real.ping(data)))
  end.onClose((code, reason) => {
    if (real.readyState === WebSocket.CONNECTING) real.terminate()
    else if (code === 1005 || code === 1006) real.close()
    else real.close(code, reason)
  })
  let refusal = ''
  real.on('error', (error) => {
    refusal = error.message
  })
  real.on('message', (data, isBinary) => end.send(isBinary ? (data as Buffer) : data.toString()))
  real.on('close', (code, reason) => {
    // 1006: there was no close frame, or the socket was never opened; 1005: one without a code. Neither can be sent.
    if (code === 1006) end.close(1011, refusal.slice(0, 120))
    else if (code === 1005) end.close()
    else end.close(code, reason.toString())
  })
}

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
