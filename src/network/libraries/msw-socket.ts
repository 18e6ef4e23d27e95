import { type WebSocketHandler, ws } from 'msw'
import type { SimulatedService, SocketEnd } from '../../simulators/simulator.ts'
import { socketUrl } from './socket-url.ts'

type Connection = Parameters<Parameters<ReturnType<typeof ws.link>['addEventListener']>[1]>[0]

/**
 * ComfyUI's `/ws` as an MSW handler, for the global WebSocket. MSW does not speak to clients of the package `ws`: they would
 * open and never get a frame, so `serviceHandler`, which sees their upgrade first, answers it with the server's 400.
 */
export function socketHandler(comfyuiUrl: URL, upgrade: NonNullable<SimulatedService['upgrade']>): WebSocketHandler {
  return ws.link(socketUrl(comfyuiUrl)).addEventListener('connection', ({ client }) => {
    const address = client.url.href.replace(/^ws/, 'http')
    const decision = upgrade(new Request(address, { headers: { upgrade: 'websocket' } }))
    if (typeof decision === 'function') decision(socketEnd(client))
    else client.close(1008, `refused with ${decision?.status ?? 404}`)
  })
}

function socketEnd(client: Connection['client']): SocketEnd {
  return {
    send: (data) => client.send(typeof data === 'string' ? data : new Uint8Array(data)),
    close: (code, reason) => client.close(code, reason),
    onMessage: (listener) =>
      client.addEventListener('message', ({ data }) =>
        listener(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer)),
      ),
    onClose: (listener) => client.addEventListener('close', ({ code, reason }) => listener(code, reason)),
  }
}
