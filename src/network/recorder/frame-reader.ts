import { constants, inflateRawSync } from 'node:zlib'

/** A message or a control frame of a WebSocket, whole and unpacked. */
export interface SeenFrame {
  /** 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number
  readonly data: Buffer
}

const NOTHING = Buffer.alloc(0)
/** What a message may refer back to: the largest window of permessage-deflate (RFC 7692). */
const WINDOW = 32 * 1024
/** What the sender leaves away at the end of a packed message. */
const PACKED_END = Buffer.from([0, 0, 255, 255])

/** Reads one side of a WebSocket (RFC 6455) as it flows by; the bytes given to it are not changed. */
export class FrameReader {
  #pieces: Buffer[] = []
  #size = 0
  #needed = 2
  #message: { opcode: number; isPacked: boolean; fragments: Buffer[] } | null = null
  #window: Buffer = NOTHING;

  /** Throws for what was packed in a way that nobody can unpack. */
  *read(chunk: Buffer): Generator<SeenFrame, void> {
    this.#pieces.push(chunk)
    this.#size += chunk.length
    while (this.#size >= this.#needed) {
      const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces)
      this.#pieces = [all]
      const frame = frameIn(all)
      this.#needed = frame.end
      if (all.length < frame.end) continue
      const rest = all.subarray(frame.end)
      this.#pieces = [rest]
      this.#size = rest.length
      this.#needed = 2
      const whole = this.#whole(all[0]!, unmasked(all.subarray(frame.start, frame.end), frame.mask))
      if (whole) yield whole
    }
  }

  /** null: the rest of the message is still to come. */
  #whole(first: number, payload: Buffer): SeenFrame | null {
    const opcode = first & 15
    if (opcode >= 8) return { opcode, data: payload }
    this.#message ??= { opcode, isPacked: (first & 0x40) !== 0, fragments: [] }
    this.#message.fragments.push(payload)
    if ((first & 0x80) === 0) return null
    const { isPacked, fragments, ...message } = this.#message
    this.#message = null
    const data = Buffer.concat(fragments)
    return { ...message, data: isPacked ? this.#unpacked(data) : data }
  }

  /** A sender that forgets what it sent refers to nothing, so that the window does no harm then. */
  #unpacked(data: Buffer): Buffer {
    const unpacked = inflateRawSync(Buffer.concat([data, PACKED_END]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#window.length > 0 ? { dictionary: this.#window } : {}),
    })
    this.#window = Buffer.concat([this.#window, unpacked]).subarray(-WINDOW)
    return unpacked
  }
}

/** Where the payload of a frame lies; an end beyond what is there says how much is missing. */
function frameIn(bytes: Buffer): { start: number; end: number; mask: Buffer | null } {
  const length = bytes[1]! & 127
  const isMasked = bytes[1]! >= 128
  const afterLength = 2 + (length === 126 ? 2 : length === 127 ? 8 : 0)
  const start = afterLength + (isMasked ? 4 : 0)
  if (bytes.length < start) return { start, end: start, mask: null }
  const size = length < 126 ? length : length === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  return { start, end: start + size, mask: isMasked ? bytes.subarray(afterLength, start) : null }
}

function unmasked(payload: Buffer, mask: Buffer | null): Buffer {
  return mask ? Buffer.from(payload.map((byte, at) => byte ^ mask[at & 3]!)) : payload
}
