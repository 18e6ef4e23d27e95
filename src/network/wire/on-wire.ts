import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** An exchange as its connection sees it. */
export interface Exchanging {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/** Gives an answer by hand, byte by byte, or breaks the connection instead. */
export type OnWire = (answer: Response, exchanging: Exchanging) => Promise<void>

/** Header of an answer that the server does not send itself. */
export const ON_WIRE_HEADER = 'x-pr-on-wire'

/** By what stands in the header: wrappers around a service make new answers of the old ones, and only headers survive that. */
const waiting = new Map<string, OnWire>()
let count = 0

/** Marks an answer as one that the server does not send itself. */
export function onWire(answer: Response, act: OnWire): Response {
  count += 1
  waiting.set(String(count), act)
  answer.headers.set(ON_WIRE_HEADER, String(count))
  return answer
}

/** What is to be done with a marked answer; null for any other. */
export function takeOnWire(answer: Response): OnWire | null {
  const mark = answer.headers.get(ON_WIRE_HEADER)
  if (mark === null) return null
  const act = waiting.get(mark) ?? null
  waiting.delete(mark)
  answer.headers.delete(ON_WIRE_HEADER)
  return act
}

/** A socket of the system, or what stands for one inside this process: both can be reset. */
export type Connection = Duplex & { resetAndDestroy?(): void }

/** The connections to one service, so that all of them can be broken at once, and new ones refused. */
export class Line {
  private readonly open = new Set<Connection>()
  private left: number | 'all' = 0

  hold(connection: Connection): void {
    if (this.open.has(connection)) return
    this.open.add(connection)
    connection.once('close', () => this.open.delete(connection))
  }

  /** Whether a connection that is being opened now is refused. */
  refuses(): boolean {
    if (this.left === 'all') return true
    if (this.left === 0) return false
    this.left -= 1
    return true
  }

  /**
   * Breaks every connection, as the system does for a program that has ended, and refuses so many more. What was written before still
   * arrives.
   */
  cut(refusing: number | 'all'): void {
    this.left = refusing
    for (const connection of this.open) {
      connection.end(() => connection.destroy())
      // Whoever does not know yet writes to nobody; an error would take back what is under way.
      connection.write = () => true
    }
  }
}
