import { expect, onTestFinished } from 'vitest'
import type { Reached } from './gcs.ts'

/** A fresh ComfyUI 0.3.64 with the models of the shipped recording, reached in one of the ways there are. */
export interface ReachedServer extends Reached {
  /** Opens `/ws?clientId=…`. */
  socket(clientId: string): Promise<ReachedSocket>
}

export interface ReachedSocket {
  /** Everything received so far, oldest first. */
  readonly frames: readonly (string | Uint8Array)[]
  send(text: string): void
  close(): void
}

interface Message {
  readonly type: string
  readonly data: Record<string, unknown> & { node?: string | null; prompt_id?: string }
}

export const CLIENT = 'b1d9f5c2-0e6f-4c4c-9d5f-0f4d3c114d0b'

/** A server with one open socket; both are given back when the test ends. */
export async function connected(reach: () => Promise<ReachedServer>) {
  const server = await reach()
  const socket = await server.socket(CLIENT)
  onTestFinished(async () => {
    socket.close()
    await server.close()
  })
  const fetch = (path: string, init?: RequestInit) => server.send(new Request(`${server.origin}${path}`, init))
  const messages = () =>
    socket.frames.flatMap((frame) => (typeof frame === 'string' ? [JSON.parse(frame) as Message] : []))
  const saw = (matches: (message: Message) => boolean) =>
    expect.poll(() => messages().some(matches), { interval: 1 }).toBe(true)
  return {
    fetch,
    messages,
    saw,
    binaries: () => socket.frames.flatMap((frame) => (typeof frame === 'string' ? [] : [Buffer.from(frame)])),
    announce: (flags: object) => socket.send(JSON.stringify({ type: 'feature_flags', data: flags })),
    ended: (id: string) => saw(({ type, data }) => type === 'executing' && data.node === null && data.prompt_id === id),
    get: async (path: string) => answerOf(await fetch(path)),
    post: async (path: string, body: unknown) =>
      answerOf(await fetch(path, { method: 'POST', body: JSON.stringify(body) })),
  }
}

async function answerOf(response: Response): Promise<{ status: number; body: unknown }> {
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}
