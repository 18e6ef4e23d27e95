import { createHash } from 'node:crypto'
import type { JobId, JobKind } from './plan-jobs.ts'

/** Namespace of this program's ids: the UUIDv5 of `https://prompt-runner` in RFC 9562's URL namespace. */
const NAMESPACE = 'fd91194f-8b95-5a27-a7c1-2dc720ef8a80'

/** Id of a job: the same content gives the same id on every machine. */
export function jobId(content: string): string {
  return uuidV5(`job ${content}`, NAMESPACE)
}

/** What tells the user's own files that jobs of a kind are made from apart from others of the same names; null: there are none. */
export type InputDigests = Readonly<Record<JobKind, string | null>>

/** Makes the ids of the jobs of one video. `digests` stand for the contents of the user's own files. */
export function jobIdsWith(digests: InputDigests): JobId {
  return (content, kind) => jobId(digests[kind] === null ? content : `${content} ${digests[kind]}`)
}

/**
 * The `prompt_id` that ComfyUI is given for one attempt at a job (attempts count from 1). It is known before the request is
 * sent, so after a lost answer the server can be asked about it instead of rendering twice.
 */
export function promptId(run: string, job: string, attempt: number): string {
  return uuidV5(`prompt ${run} ${job} ${attempt}`, NAMESPACE)
}

/** Name-based UUID, RFC 9562 section 5.5: SHA-1 over namespace and name; canonical lower case. */
export function uuidV5(name: string, namespace: string): string {
  const digest = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
  digest[6] = (digest[6]! & 0x0f) | 0x50
  digest[8] = (digest[8]! & 0x3f) | 0x80
  const hex = digest.toString('hex', 0, 16)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
