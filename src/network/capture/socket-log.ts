import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HarSocketMessage } from '../../recording/har.ts'
import type { Redactor } from '../../recording/redact.ts'
import { redactFrame, redactMessage, redactPayload } from '../../recording/redact-frame.ts'
import { openBufferedFile } from './buffered-file.ts'

export interface SocketLogOptions {
  readonly folder: string
  readonly redactor: Redactor
  /** Of the address. */
  readonly path: string
  readonly now: () => number
}

/** `send`: by the client. */
type From = 'send' | 'receive'

/** The frames of one socket, redacted, on disk until it closes: a run's socket is open all the time. */
export interface SocketLog {
  /** A file with one `HarSocketMessage` a line. */
  readonly frames: string
  message(from: From, data: string | Uint8Array): void
  /** 9: ping, 10: pong. */
  control(from: From, opcode: 9 | 10, payload: Uint8Array): void
  close(from: From, code?: number, reason?: string): void
  finish(): void
}

/** Begins the file of a socket. */
export function openSocketLog({ folder, redactor, path, now }: SocketLogOptions): SocketLog {
  const frames = join(folder, `.frames-${randomUUID()}.jsonl`)
  const file = openBufferedFile(frames)
  let open = true
  const record = (type: From, opcode: number, data: Omit<HarSocketMessage, 'type' | 'time' | 'opcode'>) => {
    if (open) file.append(`${JSON.stringify({ type, time: now() / 1000, opcode, ...data })}\n`)
  }
  const binary = (from: From, data: Uint8Array) =>
    record(from, 2, data.byteLength > INLINE_FRAME ? storedFrame(folder, data) : { data: base64(data) })
  return {
    frames,
    message: (from, data) =>
      typeof data === 'string'
        ? record(from, 1, { data: redactMessage(data, redactor, path) })
        : binary(from, redactFrame(data, redactor, path)),
    control: (from, opcode, payload) => record(from, opcode, { data: base64(redactPayload(payload, redactor)) }),
    close: (from, code, reason) => record(from, 8, { data: closeData(code, reason && redactor.text(reason)) }),
    finish() {
      if (!open) return
      open = false
      file[Symbol.dispose]()
    },
  }
}

/** Above this, a binary frame goes to `bodies/`. */
const INLINE_FRAME = 32 * 1024

function storedFrame(folder: string, data: Uint8Array) {
  const _sha256 = createHash('sha256').update(data).digest('hex')
  const _file = `bodies/${_sha256}.frame`
  mkdirSync(join(folder, 'bodies'), { recursive: true })
  if (!existsSync(join(folder, _file))) writeFileSync(join(folder, _file), data)
  return { data: '', _file, _sha256, _size: data.byteLength }
}

/** The payload of a close frame (RFC 6455, 5.5.1). 1005 stands for a frame without one. */
function closeData(code = 1005, reason = ''): string {
  return code === 1005
    ? ''
    : base64(Buffer.from([code >> 8, code & 255, ...Buffer.from(reason).subarray(0, LONGEST_REASON)]))
}

/** A placeholder may be longer than what it stands for. */
const LONGEST_REASON = 123

function base64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
}
