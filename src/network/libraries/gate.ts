import { Interceptor } from '@mswjs/interceptors'
import { SocketInterceptor } from '@mswjs/interceptors/net'
import type { EngineOptions } from '../engine.ts'
import { connectionTarget } from '../wire/connection-target.ts'

/**
 * Refuses every connection to an address where nothing is simulated, before a mocking library looks at it; all others
 * are left to the libraries. It listens on the one interceptor that MSW and nock share, so that none replaces another.
 * Both let through what is not HTTP; the gate does not. Close it after MSW is in place: MSW's listener misses the first
 * bytes when another one came before it.
 */
export function closeGate({ serviceAt, refuse }: Pick<EngineOptions, 'serviceAt' | 'refuse'>): Disposable {
  const interceptor = Interceptor.singleton(SocketInterceptor)
  const owner = {}
  const check: Parameters<typeof interceptor.on<'connection'>>[1] = ({ socket, connectionOptions }) => {
    const target = connectionTarget(socket, connectionOptions)
    if (target.path !== null) socket.destroy(refuse('unix-socket', target.path))
    else if (!serviceAt(target.authority)) socket.destroy(refuse('connection', target.authority))
  }
  interceptor.apply(owner)
  interceptor.on('connection', check)
  return {
    [Symbol.dispose]() {
      interceptor.removeListener('connection', check)
      interceptor.dispose(owner)
    },
  }
}
