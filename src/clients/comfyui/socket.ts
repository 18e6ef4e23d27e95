import { WebSocket } from 'ws'
import { type Pace, timeLimits } from '../../domain/pace.ts'
import { pauseAfter, retries } from '../../domain/retry-policy.ts'

/** As much of a WebSocket as is used here: that of `ws`, of browsers, and of stand-ins for them. */
interface WebSocketLike {
  binaryType: string
  addEventListener(type: 'open', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void
  addEventListener(type: 'error', listener: (event: { error?: unknown; message?: string }) => void): void
  send(data: string): void
  close(code?: number): void
}

export type WebSocketConstructor = new (url: string) => WebSocketLike

interface ComfyuiSocketOptions {
  /** `ws://…/ws?clientId=…` */
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly ca: readonly string[] | null
  /** Given the address and nothing else; absent: `ws`, which also sends headers, trusts `ca` and pings. */
  readonly webSocket?: WebSocketConstructor | undefined
  readonly pace: Pace
  readonly onFrame: (frame: string | Uint8Array) => void
  readonly onState: (state: 'open' | 'closed' | 'reconnecting', detail: string) => void
}

interface ComfyuiSocket {
  readonly isOpen: boolean
  /** Resolves when the socket is open, rejects with the cause when the first attempt fails. */
  connect(signal?: AbortSignal): Promise<void>
  /** After a first attempt that failed: tries on as after a break, without a word until it is open. */
  keepTrying(): void
  close(): Promise<void>
}

/**
 * A socket that stays: when it breaks it is opened again, by `retries.socket`, until `close`.
 * There are never two: ComfyUI takes a client id out of its table when any socket of that id closes, and then the newer one
 * hears nothing for ever (server.py, websocket_handler). So the next is opened only after the last has closed.
 */
export function createComfyuiSocket(options: ComfyuiSocketOptions): ComfyuiSocket {
  let socket: WebSocketLike | null = null
  let opening: Promise<void> | null = null
  let closed: Promise<void> = Promise.resolve()
  let retry: NodeJS.Timeout | undefined
  let isOpen = false
  /** Null: it never was. */
  let openedAt: number | null = null
  /** Openings in a row that came to nothing. */
  let failed = 0
  let wanted = false

  async function open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const gone = Promise.withResolvers<void>()
    closed = gone.promise
    let failure: unknown
    let pings: NodeJS.Timeout | undefined
    const current = create(options)
    socket = current
    current.binaryType = 'arraybuffer'
    current.addEventListener('open', () => {
      isOpen = true
      openedAt = performance.now()
      // Must be the first frame: it makes previews name their prompt and node (binary id 4 instead of 1).
      current.send(JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }))
      pings = keepAlive(current)
      options.onState('open', options.url.host)
      resolve()
    })
    current.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') options.onFrame(data)
      else if (data instanceof ArrayBuffer) options.onFrame(new Uint8Array(data))
    })
    current.addEventListener('error', (event) => {
      failure = event.error ?? new Error(event.message || 'the socket was refused')
    })
    current.addEventListener('close', ({ code, reason }) => {
      clearInterval(pings)
      const wasOpen = isOpen
      isOpen = false
      socket = null
      gone.resolve()
      reject(failure ?? new Error(`the socket was closed with code ${code} before it was open`))
      if (wasOpen) options.onState('closed', reason === '' ? `code ${code}` : `code ${code}: ${reason}`)
      // One that is taken and dropped at once, again and again, is as good as refused.
      if (wasOpen && performance.now() - openedAt! > options.pace.limit(LASTING)) failed = 0
      if (wasOpen && wanted) reopen()
    })
    return promise
  }

  function reopen(): void {
    failed += 1
    const delay = pauseAfter(retries.socket, failed)!
    if (openedAt !== null) options.onState('reconnecting', `attempt ${failed} in ${delay} ms`)
    retry = setTimeout(() => {
      opening = open()
      opening.catch(() => {
        if (wanted) reopen()
      })
    }, options.pace.limit(delay)).unref()
  }

  return {
    get isOpen() {
      return isOpen
    },
    async connect(signal) {
      signal?.throwIfAborted()
      if (!wanted) {
        wanted = true
        opening = open()
        opening.catch(() => {
          wanted = false
        })
      }
      const aborted = Promise.withResolvers<never>()
      const abort = () => aborted.reject(signal?.reason)
      signal?.addEventListener('abort', abort)
      await Promise.race([opening, aborted.promise]).finally(() => signal?.removeEventListener('abort', abort))
    },
    keepTrying() {
      if (wanted) return
      wanted = true
      reopen()
    },
    async close() {
      wanted = false
      clearTimeout(retry)
      const last = socket
      if (last === null) return
      last.close(1000)
      // A server that is gone never answers the close frame.
      const force = setTimeout(() => last instanceof WebSocket && last.terminate(), 2_000)
      await closed
      clearTimeout(force)
    },
  }
}

/** Milliseconds after which a socket has been of use. */
const LASTING = 5_000

function create({ url, headers, ca, webSocket, pace }: ComfyuiSocketOptions): WebSocketLike {
  if (webSocket) return new webSocket(url.href)
  const trust = ca === null ? {} : { ca: [...ca] }
  const handshakeTimeout = pace.limit(timeLimits.connection)
  return new WebSocket(url, { headers, ...trust, handshakeTimeout, perMessageDeflate: false })
}

/** Keeps proxies from dropping an idle socket (a text encode is silent for half a minute) and notices one that is dead. */
function keepAlive(socket: WebSocketLike): NodeJS.Timeout | undefined {
  if (!(socket instanceof WebSocket)) return undefined
  let answered = true
  socket.on('pong', () => {
    answered = true
  })
  return setInterval(() => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
  }, 25_000).unref()
}
