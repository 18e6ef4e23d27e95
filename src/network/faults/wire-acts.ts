import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../simulators/simulator.ts'
import type { Connection, OnWire } from '../wire/on-wire.ts'
import { noise } from './answers.ts'
import { bytesOf } from './edit-answer.ts'
import type { Due } from './fault-plan.ts'

const NOISE = 64

/** What time a fault takes. */
export interface FaultTime {
  readonly clock: Clock
  /** The clock goes on as it is told, and nobody waits for real. */
  readonly isVirtual: boolean
}

/**
 * What a fault does to the bytes of an exchange; null for one that does nothing to them. `limit` is how long the client will wait for
 * an answer in vain, in milliseconds; where the clock can, that goes by at once.
 */
export function wireAct({ do: action, seed }: Due, { clock, isVirtual }: FaultTime, limit: number): OnWire | null {
  switch (action.kind) {
    case 'reset':
      return async (answer, { outgoing }) => {
        if (action.received !== null) await sendPart(outgoing, answer, action.received)
        const socket: Connection | null = outgoing.socket
        socket?.resetAndDestroy?.()
      }
    case 'hang':
      return async (answer, { outgoing }) => {
        if (action.received !== null) await sendPart(outgoing, answer, action.received)
        if (action.pause === null && isVirtual) await clock.sleep(limit)
        await (action.pause === null ? gone(outgoing) : clock.sleep(action.pause))
        outgoing.socket?.destroy()
      }
    case 'noAnswer':
      return async (_, { outgoing }) => void outgoing.socket?.end()
    case 'malformed':
      return (_, { outgoing }) =>
        sendRaw(outgoing, [text('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), noise(seed, NOISE)])
    case 'random':
      return (_, { outgoing }) => sendRaw(outgoing, [noise(seed, NOISE)])
    case 'truncate':
      return async (answer, { outgoing }) => {
        await sendPart(outgoing, answer, action.received)
        outgoing.socket?.end()
      }
    case 'dropHeader':
      // The server gives one of its own to every answer that has none.
      if (action.header.toLowerCase() !== 'content-type') return null
      return async (answer, { outgoing }) => {
        const body = await bytesOf(answer)
        outgoing.writeHead(answer.status, headersOf(answer, body.length))
        outgoing.end(body)
      }
    case 'wrongLength':
      return async (answer, { outgoing }) => {
        const body = await bytesOf(answer)
        outgoing.writeHead(answer.status, headersOf(answer, Math.max(0, body.length - 10)))
        outgoing.end(body)
      }
    case 'slowClose':
      return async (answer, { outgoing }) => {
        const body = await bytesOf(answer)
        outgoing.useChunkedEncodingByDefault = false
        outgoing.shouldKeepAlive = false
        outgoing.writeHead(answer.status, headersOf(answer, null))
        outgoing.write(body)
        await clock.sleep(action.pause)
        outgoing.end()
      }
    default:
      return null
  }
}

/** An answer that nobody gets, because its connection is about to break by itself. */
export const brokenOff: OnWire = async () => {}

/** The true head, and the first `bytes` of the body, or half of it. */
async function sendPart(outgoing: ServerResponse, answer: Response, bytes: number | null): Promise<void> {
  const body = await bytesOf(answer)
  outgoing.writeHead(answer.status, headersOf(answer, body.length))
  outgoing.flushHeaders()
  const part = body.subarray(0, bytes ?? body.length >> 1)
  if (part.length > 0) await new Promise<void>((sent) => void outgoing.write(part, () => sent()))
}

async function sendRaw({ socket }: ServerResponse, parts: readonly Uint8Array[]): Promise<void> {
  for (const part of parts) socket?.write(part)
  socket?.end()
}

function headersOf({ headers }: Response, length: number | null): Record<string, string> {
  const { 'content-length': _, ...rest } = Object.fromEntries(headers)
  return length === null ? rest : { ...rest, 'content-length': String(length) }
}

/** Until the client goes away. Nothing else may keep this process running meanwhile, as an open connection of the system would. */
async function gone({ socket }: ServerResponse): Promise<void> {
  const awake = setInterval(() => {}, 60_000)
  // Of a socket that was to be upgraded nobody reads, and who does not read does not see the end.
  socket?.resume()
  // A server's connection stays half open when its client is gone.
  if (socket && !socket.destroyed) await Promise.race([once(socket, 'close'), once(socket, 'end')]).catch(() => {})
  clearInterval(awake)
}

const text = (said: string) => new TextEncoder().encode(said)
