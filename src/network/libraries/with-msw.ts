import { setImmediate } from 'node:timers/promises'
import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { type HttpHandler, http, type WebSocketHandler, ws } from 'msw'
import { defineNetwork, HttpNetworkFrame, InterceptorSource } from 'msw/experimental'
import { CUT_HEADER, type SimulatedService, type SocketEnd } from '../../simulators/simulator.ts'
import type { EngineOptions } from '../engine.ts'
import { authorityOf, socketUrl } from '../safety/host-table.ts'

type ServiceAt = EngineOptions['serviceAt']

/** One MSW handler for all requests to what `serviceAt` knows; others are left to the handlers after it. */
export function serviceHandler(serviceAt: ServiceAt): HttpHandler {
  return http.all(
    ({ request }) => serviceAt(authorityAsked(request)) !== null,
    async ({ request }) => {
      // Gives up a turn of the event loop. A round trip in here takes none, so a client that polls would keep the
      // simulation from going on.
      await setImmediate()
      try {
        const answer = await serviceAt(authorityAsked(request))?.http(request)
        // Its body breaks off by itself.
        answer?.headers.delete(CUT_HEADER)
        return answer
      } catch {
        // A defect of a simulator is the server's error, as on a server; MSW would make a network error of it.
        return new Response(null, { status: 500 })
      }
    },
  )
}

/**
 * Has MSW answer what `serviceAt` knows, to every client: `setupServer` does not see `undici.request`, this does. Requests that
 * `passes` names go on to the next library; all others are refused.
 */
export async function answerWithMsw(options: {
  serviceAt: ServiceAt
  passes: (authority: string) => boolean
  refuse: EngineOptions['refuse']
}): Promise<AsyncDisposable> {
  const network = defineNetwork({
    sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor()] })],
    handlers: [serviceHandler(options.serviceAt)],
    context: { quiet: true },
    onUnhandledFrame({ frame }) {
      const authority = frame instanceof HttpNetworkFrame ? authorityAsked(frame.data.request) : frame.protocol
      // Only throwing blocks; `defaults.error()` prints and then lets the request out.
      if (!options.passes(authority)) throw options.refuse('host', authority)
    },
  })
  await network.enable()
  return { [Symbol.asyncDispose]: async () => network.disable() }
}

/** `host:port` of a request. A URL leaves out the usual port, which is not the usual one everywhere. */
function authorityAsked({ url }: Pick<Request, 'url'>): string {
  const { hostname, port, protocol } = new URL(url)
  return authorityOf({ host: hostname.replace(/^\[|\]$/g, ''), port: port || (protocol === 'https:' ? '443' : '80') })
}

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

type Connection = Parameters<Parameters<ReturnType<typeof ws.link>['addEventListener']>[1]>[0]
