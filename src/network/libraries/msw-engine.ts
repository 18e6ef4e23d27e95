import { Interceptor } from '@mswjs/interceptors'
import { SocketInterceptor } from '@mswjs/interceptors/net'
import type { EngineOptions, StartEngine } from '../engine.ts'
import { PROXIES, withoutDetours } from '../safety/detours.ts'
import { connectionTarget } from '../safety/host-table.ts'
import { allOrNothing } from '../undo-list.ts'
import { answerWithMockSocket } from './with-mock-socket.ts'
import { answerWithMsw } from './with-msw.ts'
import { answerWithNock, RUNPOD } from './with-nock.ts'

/**
 * MSW for ComfyUI and Google, nock for RunPod, mock-socket for ComfyUI's socket; all else is refused. The order matters: nock
 * replaces what MSW has to find untouched, so it comes after.
 */
export const mswEngine: StartEngine = ({ serviceAt, comfyuiUrl, refuse }) =>
  allOrNothing(async (undo) => {
    // It has no connections, so there is none to a proxy either.
    undo.use(withoutDetours(PROXIES))
    const isRunpod = (authority: string) => serviceAt(authority)?.name === 'runpod'
    undo.use(
      await answerWithMsw({
        serviceAt: (authority) => (isRunpod(authority) ? null : serviceAt(authority)),
        passes: isRunpod,
        refuse,
      }),
    )
    undo.use(closeGate({ serviceAt, refuse }))
    const runpod = serviceAt(new URL(RUNPOD).host)
    if (runpod) {
      const { nock } = undo.use(await answerWithNock(RUNPOD, runpod.http))
      undo.use({ [Symbol.dispose]: () => nock.restore() })
    }
    const upgrade = serviceAt(comfyuiUrl.host)?.upgrade
    const sockets = upgrade && undo.use(answerWithMockSocket({ comfyuiUrl, upgrade, replaceGlobal: false }))
    return {
      ...(sockets ? { webSocket: sockets.webSocket } : {}),
      [Symbol.asyncDispose]: () => undo[Symbol.asyncDispose](),
    }
  })

/**
 * Refuses every connection to an address where nothing is simulated, before a mocking library looks at it; all others
 * are left to the libraries. It listens on the one interceptor that MSW and nock share, so that none replaces another.
 * Both let through what is not HTTP; the gate does not. Close it after MSW is in place: MSW's listener misses the first
 * bytes when another one came before it.
 */
function closeGate({ serviceAt, refuse }: Pick<EngineOptions, 'serviceAt' | 'refuse'>): Disposable {
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
