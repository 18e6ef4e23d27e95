import type { SocketEnd } from '../../simulators/simulator.ts'
import type { SocketLog } from './socket-log.ts'

/** What a service talks to instead of `real`, so that what passes over it is written down. */
export function captureSocket(real: SocketEnd, log: SocketLog): SocketEnd {
  const listeners: Array<(data: string | Uint8Array) => void> = []
  const closers: Array<(code: number, reason: string) => void> = []
  real.onMessage((data) => {
    log.message('send', data)
    for (const listener of listeners) listener(data)
  })
  real.onClose((code, reason) => {
    // 1006 says that no close frame came.
    if (code !== 1006) log.close('send', code, reason)
    log.finish()
    for (const listener of closers) listener(code, reason)
  })
  real.onPing?.((data) => {
    log.control('send', 9, data)
    log.control('receive', 10, data)
  })
  return {
    send(data) {
      log.message('receive', data)
      real.send(data)
    },
    close(code, reason) {
      log.close('receive', code, reason)
      real.close(code, reason)
    },
    ...(real.terminate ? { terminate: real.terminate.bind(real) } : {}),
    onMessage: (listener) => listeners.push(listener),
    onClose: (listener) => closers.push(listener),
    ...(real.onPing ? { onPing: real.onPing.bind(real) } : {}),
  }
}
