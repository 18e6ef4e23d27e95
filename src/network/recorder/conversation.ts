import type { ServiceName } from '../../simulators/simulator.ts'
import type { TrafficWatch } from '../capture/capture-traffic.ts'
import type { OpenExchange } from '../capture/open-exchange.ts'
import type { SocketLog } from '../capture/socket-log.ts'
import { FrameReader, type SeenFrame } from './frame-reader.ts'
import { answerFraming, type MessageHead, requestFraming, statusOf } from './message-head.ts'
import { MessageReader } from './message-reader.ts'
import type { Route } from './route.ts'

export interface ConversationOptions {
  readonly service: ServiceName
  readonly watch: TrafficWatch
  readonly route: Route
  /** To the server. */
  readonly send: (bytes: Buffer) => void
}

/** A request whose answer is not complete yet. */
interface Asked {
  readonly method: string
  readonly url: URL
  readonly head: MessageHead
  readonly seen: OpenExchange
  isSent: boolean
  isAnswered: boolean
}

/** What is said over one connection, request by request; it is written down when its bytes have gone on. */
export class Conversation {
  readonly #options: ConversationOptions
  readonly #requests = new MessageReader(requestFraming)
  readonly #answers = new MessageReader((head) => answerFraming(head, this.asks ?? ''))
  /** In the order in which they came, and are answered. */
  readonly #waiting: Asked[] = []
  #sending: Asked | null = null
  #answering: Asked | null = null
  #socket: { log: SocketLog; send: FrameReader; receive: FrameReader } | null = null

  constructor(options: ConversationOptions) {
    this.#options = options
  }

  /** The method of the request that is answered next. */
  get asks(): string | undefined {
    return this.#waiting.find(({ isAnswered }) => !isAnswered)?.method
  }

  fromClient(chunk: Buffer): void {
    const { route, send } = this.#options
    for (const part of this.#requests.read(chunk)) {
      send(part.kind === 'head' ? route.sent(part.raw, part.head) : part.raw)
      if (part.kind === 'head') this.#ask(part.head)
      else if (part.kind === 'body') this.#sending?.seen.asked(part.data)
      else if (part.kind === 'end') this.#sent()
      else this.#frames('send', part.raw)
    }
  }

  fromServer(chunk: Buffer): void {
    for (const part of this.#answers.read(chunk)) {
      if (part.kind === 'head') this.#answer(part.head)
      else if (part.kind === 'body') this.#answering?.seen.answered(part.data)
      else if (part.kind === 'end') this.#answered()
      else if (this.#socket) this.#frames('receive', part.raw)
      else this.#endAll('what the server answers cannot be read as HTTP')
    }
  }

  /** Nothing more comes from the server. */
  serverEnded(): void {
    if (this.#answers.endsWithConnection) this.#answered()
    this.broken('the server closed the connection before the end of its answer')
  }

  /** The connection is gone: what was under way did not reach its end, and this is why. */
  broken(reason: string): void {
    this.#endAll(reason)
    this.#socket?.log.finish()
    this.#socket = null
  }

  #ask(head: MessageHead): void {
    const { service, watch, route } = this.#options
    const [method = '', ...rest] = head.start.split(' ')
    const url = route.address(head)
    const facts = { service, method, url, requestHeaders: head.headers, requestVersion: rest.at(-1) ?? '' }
    this.#sending = { method, url, head, seen: watch.exchange(facts), isSent: false, isAnswered: false }
    this.#waiting.push(this.#sending)
  }

  #sent(): void {
    const sent = this.#sending
    this.#sending = null
    if (sent) sent.isSent = true
    this.#endFirst()
  }

  #answer({ start, headers: responseHeaders }: MessageHead): void {
    const asked = this.#waiting.find(({ isAnswered }) => !isAnswered)
    const status = statusOf(start)
    // Others of its kind come before an answer, and are none.
    if (!asked || (status < 200 && status !== 101)) return
    const [responseVersion = '', , ...reason] = start.split(' ')
    asked.seen.answer({ status, statusText: reason.join(' '), responseHeaders, responseVersion })
    this.#answering = asked
    if (status === 101) this.#accept(asked, responseHeaders)
  }

  #accept(asked: Asked, responseHeaders: Headers): void {
    const { service, watch, send } = this.#options
    this.#answering = null
    this.#waiting.splice(0)
    if (/^websocket$/i.test(responseHeaders.get('upgrade') ?? '')) {
      const { url, head, seen } = asked
      const facts = { service, url, startedAt: seen.startedAt, requestHeaders: head.headers }
      const log = watch.socket({ ...facts, responseHeaders })
      this.#socket = { log, send: new FrameReader(), receive: new FrameReader() }
    } else asked.seen.end(null)
    const early = this.#requests.tunnel()
    if (early.length === 0) return
    send(early)
    this.#frames('send', early)
  }

  #answered(): void {
    if (this.#answering) this.#answering.isAnswered = true
    this.#answering = null
    this.#endFirst()
  }

  /** A server may have answered before it has read everything. */
  #endFirst(): void {
    while (this.#waiting[0]?.isSent && this.#waiting[0].isAnswered) this.#waiting.shift()!.seen.end(null)
  }

  #endAll(reason: string): void {
    for (const { seen, isAnswered } of this.#waiting.splice(0)) seen.end(isAnswered ? null : reason)
    this.#answering = null
    this.#sending = null
  }

  #frames(from: 'send' | 'receive', bytes: Buffer): void {
    if (!this.#socket) return
    const { log } = this.#socket
    try {
      for (const frame of this.#socket[from].read(bytes)) write(log, from, frame)
    } catch {
      // Packed in a way that nobody can unpack: it goes on, and its recording ends here.
      this.#socket = null
      log.finish()
    }
  }
}

function write(log: SocketLog, from: 'send' | 'receive', { opcode, data }: SeenFrame): void {
  if (opcode === 1) log.message(from, data.toString())
  else if (opcode === 2) log.message(from, data)
  else if (opcode === 9 || opcode === 10) log.control(from, opcode, data)
  else if (opcode === 8)
    log.close(from, data.length < 2 ? undefined : data.readUInt16BE(0), data.subarray(2).toString())
}
