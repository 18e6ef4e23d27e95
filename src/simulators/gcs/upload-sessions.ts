import type { Clock } from '../simulator.ts'
import { type ContentDigest, ContentHash } from './content-hash.ts'
import { type GcsFailure, invalid, noSuchSession, sessionGone } from './gcs-failure.ts'
import type { DeclaredObject, GcsObject } from './object-resource.ts'
import type { Preconditions } from './preconditions.ts'

const WEEK = 7 * 24 * 3600 * 1000

/** The upload sessions of a service. One lives for a week; after that, and when it never existed, it is a 404. */
export class UploadSessions {
  readonly #clock: Clock
  readonly #newId: () => string
  readonly #sessions = new Map<string, UploadSession>()

  constructor(clock: Clock, newId: () => string) {
    this.#clock = clock
    this.#newId = newId
  }

  open(start: Omit<SessionStart, 'startedAt'>): string {
    const id = this.#newId()
    this.#sessions.set(id, new UploadSession({ ...start, startedAt: this.#clock.now() }))
    return id
  }

  find(id: string): UploadSession {
    const session = this.#sessions.get(id)
    if (session === undefined || this.#clock.now() - session.start.startedAt >= WEEK) throw noSuchSession()
    if (session.cancelled) throw sessionGone()
    return session
  }
}

/** The service stores multiples of 256 KiB until the object is complete. */
const UPLOAD_QUANTUM = 256 * 1024

export interface SessionStart {
  readonly bucket: string
  readonly name: string
  readonly declared: DeclaredObject
  readonly preconditions: Preconditions
  /** X-Upload-Content-Length, bytes. */
  readonly declaredSize: number | null
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly keepBytes: boolean
}

/** One resumable upload: which bytes are held, and how the next request changes that. */
export class UploadSession {
  readonly start: SessionStart
  cancelled = false
  /** Set when the upload has ended: the object, or the refusal that every further request gets too. */
  outcome: GcsObject | GcsFailure | null = null
  readonly #hash: ContentHash
  /** Bytes received that do not fill a quantum yet: lost when the request breaks off. */
  #pending: Uint8Array[] = []
  #pendingSize = 0

  constructor(start: SessionStart) {
    this.start = start
    this.#hash = new ContentHash(start.keepBytes)
  }

  /** Bytes held for good. */
  get persisted(): number {
    return this.#hash.size
  }

  /**
   * Takes the body of one PUT. Returns the finished content, or null when more is to come.
   * A body that breaks off throws its error and leaves whole quanta behind.
   */
  async receive(range: UploadRange, body: AsyncIterable<Uint8Array>): Promise<ContentDigest | null> {
    const { declaredSize } = this.start
    if (range.total !== null && declaredSize !== null && range.total !== declaredSize) {
      throw invalid(`The Content-Range names ${range.total} bytes, X-Upload-Content-Length ${declaredSize}.`)
    }
    if (range.kind === 'query') {
      for await (const bytes of body) {
        if (bytes.byteLength > 0) throw invalid('A request that asks for the status of an upload has no body.')
      }
      return range.total === this.persisted ? this.#finish() : null
    }
    // The answer to a gap is not documented for the JSON API; a refusal is what its other interfaces give.
    if (range.start > this.persisted) {
      throw invalid(`The upload starts at byte ${range.start}, but only ${this.persisted} bytes were received.`)
    }
    const isLast = range.end === null || range.end === range.total
    if (!isLast && range.end! - range.start < UPLOAD_QUANTUM) throw tooSmall(range.end! - range.start)

    this.#pending = []
    this.#pendingSize = 0
    const received = await this.#take(body, this.persisted - range.start)
    // All of it is held already, and the last bytes are not sent again.
    if (received === 0 && range.end === this.persisted && range.end === range.total) return this.#finish()
    if (range.end !== null && range.start + received !== range.end) {
      throw invalid(`The Content-Range names ${range.end - range.start} bytes, the body has ${received}.`)
    }
    const complete = isLast && (range.total === null || range.start + received === range.total)
    return complete ? this.#finish() : null
  }

  /** `skip`: bytes at the front of the body that are held already; the service ignores them. */
  async #take(body: AsyncIterable<Uint8Array>, skip: number): Promise<number> {
    let received = 0
    for await (const bytes of body) {
      const fresh = bytes.subarray(Math.min(Math.max(skip - received, 0), bytes.byteLength))
      received += bytes.byteLength
      this.#pending.push(fresh)
      this.#pendingSize += fresh.byteLength
      if (this.#pendingSize >= UPLOAD_QUANTUM) this.#persist(this.#pendingSize - (this.#pendingSize % UPLOAD_QUANTUM))
    }
    return received
  }

  #persist(bytes: number): void {
    this.#pendingSize -= bytes
    for (let left = bytes; left > 0; ) {
      const first = this.#pending.shift()!
      this.#hash.update(first.subarray(0, left))
      if (first.byteLength > left) this.#pending.unshift(first.subarray(left))
      left -= Math.min(left, first.byteLength)
    }
  }

  #finish(): ContentDigest {
    this.#persist(this.#pendingSize)
    const { declaredSize } = this.start
    if (declaredSize !== null && declaredSize !== this.persisted) {
      throw invalid(`X-Upload-Content-Length names ${declaredSize} bytes, the upload has ${this.persisted}.`)
    }
    return this.#hash.digest()
  }
}

function tooSmall(bytes: number): GcsFailure {
  return invalid(
    `Invalid request. The number of bytes uploaded is required to be equal or greater than ${UPLOAD_QUANTUM}, except for the ` +
      `final request (it's recommended to be the exact multiple of ${UPLOAD_QUANTUM}). The received request contained only ${bytes} bytes.`,
  )
}

/** The Content-Range of a PUT to an upload session. Offsets in bytes, `end` exclusive; null where the client left it open. */
type UploadRange =
  | { kind: 'query'; total: number | null }
  | { kind: 'bytes'; start: number; end: number | null; total: number | null }

// Written `bytes a-b/T`, `bytes a-b/*`, `bytes a-*/T`, `bytes a-*/*` (the stream mode of Google's clients), `bytes */T` and
// `bytes */*`. https://cloud.google.com/storage/docs/performing-resumable-uploads
/** Reads the header; null means that the body is the whole object. Throws 400. */
export function uploadRange(header: string | null): UploadRange {
  if (header === null) return { kind: 'bytes', start: 0, end: null, total: null }
  const [, span, start, end, total] = /^bytes (\*|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(header) ?? []
  if (span === undefined) throw invalid(`Failed to parse Content-Range header: ${header}`)
  const size = total === '*' ? null : Number(total)
  if (span === '*') return { kind: 'query', total: size }
  const range = { kind: 'bytes', start: Number(start), end: end === '*' ? null : Number(end) + 1, total: size } as const
  if ((range.end ?? range.start) < range.start || (size !== null && (range.end ?? range.start) > size)) {
    throw invalid(`Invalid Content-Range header: ${header}`)
  }
  return range
}
