import { setImmediate } from 'node:timers/promises'
import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { type HttpHandler, http } from 'msw'
import { defineNetwork, HttpNetworkFrame, InterceptorSource } from 'msw/experimental'
import type { EngineOptions } from '../engine.ts'
import { authorityAsked } from './authority-asked.ts'

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
        return await serviceAt(authorityAsked(request))?.http(request)
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
