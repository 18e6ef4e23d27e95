import type { Socket } from 'node:net'
import type { Connection } from '../wire/on-wire.ts'
import { Conversation, type ConversationOptions } from './conversation.ts'

export interface RelayOptions extends Omit<ConversationOptions, 'send'> {
  readonly open: () => Promise<Socket>
  /** The server's name, for a client that has to be told that it does not answer. */
  readonly host: string
}

/**
 * Joins a client to a server: each byte goes on as it comes, and so do the ends of the connection. What is said is written down
 * beside it. Gives what breaks it off.
 */
export function relay(client: Connection, { open, host, ...options }: RelayOptions): () => void {
  let server: Socket | null = null
  const conversation = new Conversation({ ...options, send: (bytes) => void server?.write(bytes) })
  client.on('error', () => server?.resetAndDestroy())
  client.on('close', () => {
    conversation.broken('the client went away before the end')
    server?.destroy()
  })
  void open().then(
    (opened) => {
      server = opened
      if (client.destroyed) server.destroy()
      else join(client, server, conversation)
      client.resume()
    },
    (error: NodeJS.ErrnoException) => {
      client.on('data', (chunk: Buffer) => {
        conversation.fromClient(chunk)
        const { asks } = conversation
        if (asks === undefined || client.writableEnded) return
        const answer = gatewayAnswer(`${host} does not answer: ${error.message || error.code}\n`, asks)
        client.end(answer)
        conversation.fromServer(answer)
      })
      client.resume()
    },
  )
  return () => {
    conversation.broken('the recording ended before it did')
    client.destroy()
    server?.destroy()
  }
}

function join(client: Connection, server: Socket, conversation: Conversation): void {
  client.on('data', (chunk: Buffer) => {
    conversation.fromClient(chunk)
    if (server.writableNeedDrain) client.pause()
  })
  server.on('drain', () => client.resume())
  client.on('end', () => server.end())
  server.on('data', (chunk: Buffer) => {
    if (!client.write(chunk)) server.pause()
    conversation.fromServer(chunk)
  })
  client.on('drain', () => server.resume())
  server.on('end', () => {
    conversation.serverEnded()
    client.end()
  })
  server.on('error', (error) => {
    conversation.broken(error.message)
    // What came before it still arrives.
    client.write('', () => (client.resetAndDestroy ? client.resetAndDestroy() : client.destroy()))
  })
}

/** What a gateway says of a server that does not answer; clients know it. */
function gatewayAnswer(text: string, method: string): Buffer {
  const head = `HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n`
  return Buffer.from(method === 'HEAD' ? head : head + text)
}
