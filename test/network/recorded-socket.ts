import type { RawCapture } from '../../src/network/recorder/raw-capture.ts'
import type { SocketEnd } from '../../src/simulators/simulator.ts'

/** The server's end of a socket that a recorder watches, without a network. */
export function recordedSocket(capture: Pick<RawCapture, 'wrap'>): Pick<SocketEnd, 'send'> & { close(): void } {
  let close = () => {}
  const client: SocketEnd = {
    send: () => {},
    close: () => {},
    onMessage: () => {},
    onClose: (listener) => {
      close = () => listener(1000, '')
    },
  }
  let server = client
  const service = capture.wrap({
    name: 'comfyui',
    http: async () => new Response(),
    upgrade: () => (end) => {
      server = end
    },
  })
  const accept = service.upgrade!(new Request('http://server/ws?clientId=1'))
  if (typeof accept === 'function') accept(client)
  return { send: (data) => server.send(data), close: () => close() }
}
