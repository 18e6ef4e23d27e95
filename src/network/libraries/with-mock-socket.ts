import { type Client, Server, WebSocket } from 'mock-socket'
import type { WebSocketConstructor } from '../../clients/comfyui/socket.ts'
import type { SimulatedService, SocketEnd } from '../../simulators/simulator.ts'
import { socketUrl } from '../safety/host-table.ts'

export interface MockSocketOptions {
  readonly comfyuiUrl: URL
  readonly upgrade: NonNullable<SimulatedService['upgrade']>
  /** Put mock-socket's class in the place of `globalThis.WebSocket` as long as this lasts. */
  readonly replaceGlobal: boolean
}

/** A mock-socket server before a simulated service. */
export interface MockSocket extends Disposable {
  readonly webSocket: WebSocketConstructor
}

/** Answers at ComfyUI's `/ws`; mock-socket knows no other addresses than the ones it is told. */
export function answerWithMockSocket({ comfyuiUrl, upgrade, replaceGlobal }: MockSocketOptions): MockSocket {
  const server = new Server(socketUrl(comfyuiUrl), { mock: replaceGlobal })
  server.on('connection', (client) => {
    const decision = upgrade(new Request(client.url.replace(/^ws/, 'http'), { headers: { upgrade: 'websocket' } }))
    // mock-socket cannot refuse a handshake for its request, only afterwards.
    if (typeof decision === 'function') decision(socketEnd(client))
    else client.close({ code: 1008, reason: `refused with ${decision?.status ?? 404}`, wasClean: true })
  })
  return {
    webSocket: PromptSocket,
    [Symbol.dispose]() {
      server.close({ code: 1001, reason: 'the server goes away', wasClean: true })
      server.stop()
    },
  }
}

/** Delivers what the client sends at once. mock-socket itself waits 4 ms, in which a later request would overtake it. */
class PromptSocket extends WebSocket {
  override send(data: string): void {
    // Not before this turn ends: the server hears of the connection after the client does, and may not listen yet.
    queueMicrotask(() => deliver.call(this, { type: 'server::message' }, data))
  }
}

/** What the library does after its delay; its types leave out the second argument, which is what listeners get. */
const deliver = WebSocket.prototype.dispatchEvent as unknown as (event: { type: string }, data: string) => void

function socketEnd(client: Client): SocketEnd {
  return {
    // Only an ArrayBuffer is binary to it; a view of one would become text.
    send: (data) => client.send(typeof data === 'string' ? data : new Uint8Array(data).buffer),
    close: (code = 1000, reason = '') => client.close({ code, reason, wasClean: true }),
    onMessage: (listener) =>
      client.on('message', (data) => listener(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))),
    // The types know of no event here.
    onClose: (listener) =>
      client.on('close', ((event: CloseFacts) => listener(event.code, event.reason ?? '')) as () => void),
  }
}

interface CloseFacts {
  readonly code: number
  readonly reason?: string
}
