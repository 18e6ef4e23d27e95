import type { StartEngine } from '../engine.ts'
import { allOrNothing } from '../undo-list.ts'
import { closeGate } from './gate.ts'
import { answerWithMockSocket } from './with-mock-socket.ts'
import { answerWithMsw } from './with-msw.ts'
import { answerWithNock, RUNPOD } from './with-nock.ts'

/**
 * MSW for ComfyUI and Google, nock for RunPod, mock-socket for ComfyUI's socket; all else is refused. The order matters: nock
 * replaces what MSW has to find untouched, so it comes after.
 */
export const mswEngine: StartEngine = ({ serviceAt, comfyuiUrl, refuse }) =>
  allOrNothing(async (undo) => {
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
