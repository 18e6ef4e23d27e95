import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type WebSocket, WebSocketServer } from 'ws'
import { takeAnswerFirst } from '../../simulators/answer-first.ts'
import { type HeldBody, holdBody } from '../../simulators/held-body.ts'
import { CUT_HEADER, type SimulatedService, type SocketEnd } from '../../simulators/simulator.ts'
import { type Exchanging, type Line, takeOnWire } from './on-wire.ts'

/** The simulated services behind one HTTP server, which listens nowhere by itself. */
export interface ServiceServer extends AsyncDisposable {
  readonly http: Server
}

export interface ServiceServerOptions {
  /** The service at `host:port` or `host`, from the request line or the Host header. */
  readonly serviceAt: (
    authority: string,
  ) => (Pick<SimulatedService, 'http' | 'upgrade'> & { readonly line?: Line | undefined }) | null
  /** Told of an authority that has no service; the client gets an error answer. */
  readonly onUnknown: (authority: string) => void
}

/** HTTP/1.1, WebSockets and `CONNECT` for the services. Routes by the host that a request names. */
export function createServiceServer({ serviceAt, onUnknown }: ServiceServerOptions): ServiceServer {
  const answer: Answer = async (request, exchanging) => {
    const authority = authorityOf(request)
    const service = serviceAt(authority)
    service?.line?.hold(exchanging.incoming.socket)
    if (service) {
      using held = await withHeldBody(request, exchanging.incoming)
      return await finished(await service.http(held.request), request, exchanging)
    }
    onUnknown(authority)
    return new Response(`nothing is simulated at ${authority}\n`, { status: 502 })
  }
  const listener = listenerFor(answer)
  const http = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 }, listener)
  // As ComfyUI: no compression is offered, messages may be as large as they like.
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 0 })

  http.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const request = upgradeRequest(incoming)
    const service = serviceAt(authorityOf(request))
    service?.line?.hold(socket)
    const decision = service?.upgrade?.(request) ?? null
    if (typeof decision !== 'function') {
      const refuse: Answer = async (_, exchanging) => finished(decision!, request, exchanging)
      return answerPlainly(decision ? refuse : answer, incoming, socket)
    }
    sockets.handleUpgrade(incoming, socket, head, (accepted) => decision(socketEnd(accepted)))
  })
  http.on('connect', ({ url: target = '' }: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!serviceAt(target)) {
      onUnknown(target)
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      return
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    http.emit('connection', socket)
  })
  return {
    http,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate()
      if (http.listening) await new Promise((closed) => http.close(closed))
    },
  }
}

/** A GET may have a body, which what stands for requests here has no room for. */
async function withHeldBody(request: Request, incoming: IncomingMessage): Promise<HeldBody> {
  const { method, headers } = incoming
  const isBodiless = (method !== 'GET' && method !== 'HEAD') || headers.upgrade !== undefined
  const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0
  if (isBodiless || isEmpty) return { request, [Symbol.dispose]() {} }
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const piece of incoming) {
      size += piece.length
      if (size <= LONGEST_HELD) pieces.push(piece)
    }
  } catch {
    // The client went away, and nobody waits for an answer.
  }
  return holdBody(request, Buffer.concat(pieces))
}

/** More than any question is long. */
const LONGEST_HELD = 1024 * 1024

/** Statuses of HTTP that never have a body, nor a length. */
const BODILESS = new Set([101, 204, 304])

type Answer = (request: Request, exchanging: Exchanging) => Promise<Response>

// The lighter Request and Response of node-server would replace the global ones of the whole process.
function listenerFor(answer: Answer) {
  return getRequestListener((request, env) => answer(request, env as Exchanging), { overrideGlobalObjects: false })
}

/**
 * Gives an empty answer its length of 0, as the real servers do; Node would send an empty body in chunks. What is not to be sent
 * like that is dealt with on the wire.
 */
async function finished(response: Response, { method }: Request, exchanging: Exchanging): Promise<Response> {
  const left = takeAnswerFirst(response)
  if (left) exchanging.outgoing.once('finish', left).once('close', left)
  const act = takeOnWire(response)
  if (act) {
    await act(response, exchanging)
    return RESPONSE_ALREADY_SENT
  }
  if (response.headers.has(CUT_HEADER)) {
    await sendCut(response, exchanging.outgoing)
    return RESPONSE_ALREADY_SENT
  }
  if (response.body === null && method !== 'HEAD' && !BODILESS.has(response.status)) {
    response.headers.set('content-length', '0')
  }
  return response
}

/** Sends what there is of an answer, and hangs up. */
async function sendCut({ status, headers, body }: Response, outgoing: ServerResponse): Promise<void> {
  const kept = Array.from(headers).filter(([name]) => name !== CUT_HEADER)
  outgoing.writeHead(status, kept.flat()).flushHeaders()
  try {
    for await (const piece of body ?? []) await new Promise((sent) => outgoing.write(piece, sent))
  } catch {}
  outgoing.socket?.end()
}

function authorityOf(request: Request): string {
  return request.url.split('/')[2] ?? ''
}

function upgradeRequest({ headers, url = '/', socket }: IncomingMessage): Request {
  const scheme = 'encrypted' in socket && socket.encrypted ? 'https' : 'http'
  const list = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
  return new Request(new URL(url, `${scheme}://${headers.host ?? 'localhost'}`), { headers: list })
}

function answerPlainly(answer: Answer, incoming: IncomingMessage, socket: Duplex): void {
  const response = new ServerResponse(incoming)
  response.assignSocket(socket as IncomingMessage['socket'])
  response.shouldKeepAlive = false
  response.once('finish', () => socket.end())
  void listenerFor(answer)(incoming, response)
}

function socketEnd(socket: WebSocket): SocketEnd {
  // A broken connection is reported as a close with code 1006; the error before it says nothing more.
  socket.on('error', () => {})
  return {
    send: (data) => socket.send(data),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
    onMessage: (listener) =>
      socket.on('message', (data, isBinary) => listener(isBinary ? (data as Buffer) : data.toString())),
    onClose: (listener) => socket.on('close', (code, reason) => listener(code, reason.toString())),
    onPing: (listener) => socket.on('ping', (data) => listener(data)),
  }
}
