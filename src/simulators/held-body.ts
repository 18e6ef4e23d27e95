/** Header of a request that has a body and cannot hold it: a `Request` has none for GET and HEAD. */
const HELD_HEADER = 'x-pr-held-body'

/** By what stands in the header: wrappers around a service make new requests of the old ones, and only headers survive that. */
const held = new Map<string, Buffer>()
let count = 0

/** A request whose body is kept beside it. */
export interface HeldBody extends Disposable {
  readonly request: Request
}

/** Keeps the body of a request that cannot hold it, until this is disposed of. */
export function holdBody({ url, method, headers: given, signal }: Request, body: Buffer): HeldBody {
  count += 1
  const mark = String(count)
  held.set(mark, body)
  const headers = new Headers(given)
  headers.set(HELD_HEADER, mark)
  return {
    request: new Request(url, { method, headers, signal }),
    [Symbol.dispose]: () => void held.delete(mark),
  }
}

/** The body that is kept beside a request; null for any other. */
export function heldBody({ headers }: Request): Buffer | null {
  return held.get(headers.get(HELD_HEADER) ?? '') ?? null
}

/** The headers that the client sent. */
export function sentHeaders(headers: Headers): Headers {
  if (!headers.has(HELD_HEADER)) return headers
  const sent = new Headers(headers)
  sent.delete(HELD_HEADER)
  return sent
}
