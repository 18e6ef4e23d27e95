import { createHash } from 'node:crypto'
import { GcsFailure, invalid } from './gcs-failure.ts'
import type { DeclaredObject } from './object-resource.ts'

const ALGORITHMS = { crc32c: 'crc32c', md5: 'md5Hash' } as const

/** What is declared of an object, with the checksums of `X-Goog-Hash: crc32c=…,md5=…` beside those of its metadata. Throws 400. */
export function withHashHeader<Declared extends Omit<DeclaredObject, 'name'>>(
  declared: Declared,
  headers: Headers,
): Declared {
  const found: Record<string, string> = {}
  for (const part of (headers.get('x-goog-hash') ?? '').split(',')) {
    const [, algorithm, value] = /^\s*(crc32c|md5)\s*=\s*(\S+)\s*$/.exec(part) ?? []
    if (part.trim() === '') continue
    if (algorithm === undefined || value === undefined) throw invalid(`Invalid X-Goog-Hash header: ${part.trim()}`)
    const field = ALGORITHMS[algorithm as keyof typeof ALGORITHMS]
    const before = found[field] ?? declared[field]
    if (before !== undefined && before !== value) {
      throw invalid(`The X-Goog-Hash header says ${algorithm}=${value}, but ${before} was declared.`)
    }
    found[field] = value
  }
  return { ...declared, ...found }
}

/** A body that is not what its `Content-MD5` says. */
export class WrongBody extends GcsFailure {}

/** The bytes of a request. Throws 400 at their end when they are not those of which `Content-MD5` speaks. */
export async function* bodyOf(request: Request): AsyncGenerator<Uint8Array> {
  const said = request.headers.get('content-md5')
  if (said === null) {
    if (request.body !== null) yield* request.body
    return
  }
  const md5 = createHash('md5')
  for await (const bytes of request.body ?? []) {
    md5.update(bytes)
    yield bytes
  }
  const calculated = md5.digest('base64')
  if (said === calculated) return
  throw new WrongBody(400, 'invalid', `Provided MD5 hash "${said}" doesn't match calculated MD5 hash "${calculated}".`)
}
