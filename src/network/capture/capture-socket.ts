import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HarSocketMessage } from '../../recording/har.ts'
import type { Redactor } from '../../recording/redact.ts'
import { redactFrame, redactMessage, redactPayload } from '../../recording/redact-frame.ts'
import type { SocketEnd } from '../../simulators/simulator.ts'
import { openBufferedFile } from './buffered-file.ts'

export interface SocketCaptureOptions {
  readonly folder: string
  readonly redactor: Redactor
  /** Of the address. */
  readonly path: string
  readonly now: () => number
}

/** The frames of one socket, on disk until it closes: a run's socket is open all the time. */
export interface SocketCapture {
  /** What the service talks to instead of `end`. */
  readonly end: SocketEnd
  /** One `HarSocketMessage` a line. */
  readonly frames: string
  finish(): void
}

/** Above this, a binary frame goes to `bodies/`. */
const INLINE_FRAME = 32 * 1024

/** Writes down what passes over `real`; `closed` is called when the socket has closed. */
export function captureSocket(real: SocketEnd, options: SocketCaptureOptions, closed: () => void): SocketCapture {
  const { folder, redactor, path, now } = options
  const frames = join(folder, `.frames-${randomUUID()}.jsonl`)
  const file = openBufferedFile(frames)
  let open = true
  const record = (
    type: HarSocketMessage['type'],
    opcode: number,
    data: Omit<HarSocketMessage, 'type' | 'time' | 'opcode'>,
  ) => {
    if (open) file.append(`${JSON.stringify({ type, time: now() / 1000, opcode, ...data })}\n`)
  }
  const binary = (type: HarSocketMessage['type'], data: Uint8Array) =>
    record(type, 2, data.byteLength > INLINE_FRAME ? storedFrame(folder, data) : { data: base64(data) })
  const message = (type: HarSocketMessage['type'], data: string | Uint8Array) =>
    typeof data === 'string'
      ? record(type, 1, { data: redactMessage(data, redactor, path) })
      : binary(type, redactFrame(data, redactor, path))
  const listeners: Array<(data: string | Uint8Array) => void> = []
  const closers: Array<(code: number, reason: string) => void> = []
  const finish = () => {
    if (!open) return
    open = false
    file[Symbol.dispose]()
  }

  real.onMessage((data) => {
    message('send', data)
    for (const listener of listeners) listener(data)
  })
  real.onClose((code, reason) => {
    // 1006 says that no close frame came.
    if (code !== 1006) record('send', 8, { data: closeData(code, redactor.text(reason)) })
    finish()
    for (const listener of closers) listener(code, reason)
    closed()
  })
  real.onPing?.((data) => {
    const payload = base64(redactPayload(data, redactor))
    record('send', 9, { data: payload })
    record('receive', 10, { data: payload })
  })
  return {
    frames,
    finish,
    end: {
      send(data) {
        message('receive', data)
        real.send(data)
      },
      close(code, reason) {
        record('receive', 8, { data: closeData(code, reason && redactor.text(reason)) })
        real.close(code, reason)
      },
      ...(real.terminate ? { terminate: real.terminate.bind(real) } : {}),
      onMessage: (listener) => listeners.push(listener),
      onClose: (listener) => closers.push(listener),
      ...(real.onPing ? { onPing: real.onPing.bind(real) } : {}),
    },
  }
}

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
