import { WebSocket } from 'ws'
import type { WebSocketConstructor } from '../../src/clients/comfyui/socket.ts'
import { comfyuiContract } from '../contracts/comfyui.ts'
import { comfyuiClientContract } from '../contracts/comfyui-client.ts'
import type { ReachedSocket } from '../contracts/comfyui-connection.ts'
import { gcsContract, type Reached } from '../contracts/gcs.ts'
import { runpodContract } from '../contracts/runpod.ts'
import type { Skin } from './skin.ts'

/** Defines the tests of every contract, each test in a world of its own. */
export function contractsThrough(name: string, open: () => Promise<Skin>): void {
  const reached = async (service: 'comfyui' | 'gcs' | 'runpod') => {
    const skin = await open()
    const there: Reached = {
      origin: skin.origins[service],
      send: (request) => fetch(service === 'gcs' ? withToken(request) : request),
      close: async () => skin[Symbol.asyncDispose](),
    }
    return { skin, there }
  }

  comfyuiContract(name, async () => {
    const { skin, there } = await reached('comfyui')
    const base = there.origin.replace(/^http/, 'ws')
    return { ...there, socket: (id) => openSocket(skin.webSocket ?? WebSocket, `${base}/ws?clientId=${id}`) }
  })
  comfyuiClientContract(name, async () => {
    const { skin, there } = await reached('comfyui')
    const { webSocket } = skin
    return {
      url: new URL(there.origin),
      ...(webSocket ? { webSocket } : {}),
      requests: () => skin.requests,
      close: there.close,
    }
  })
  gcsContract(name, async () => (await reached('gcs')).there)
  runpodContract(name, async () => (await reached('runpod')).there)
}

/** Under its own name the storage service wants a token. */
function withToken(request: Request): Request {
  request.headers.set('authorization', 'Bearer token')
  return request
}

function openSocket(Socket: WebSocketConstructor, address: string): Promise<ReachedSocket> {
  const socket = new Socket(address)
  socket.binaryType = 'arraybuffer'
  const frames: (string | Uint8Array)[] = []
  socket.addEventListener('message', ({ data }) => {
    frames.push(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))
  })
  return new Promise((opened, failed) => {
    socket.addEventListener('open', () =>
      opened({ frames, send: (text) => socket.send(text), close: () => socket.close(1000) }),
    )
    socket.addEventListener('error', (event) => failed(event.error))
  })
}
