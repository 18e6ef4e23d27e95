import { gzipSync } from 'node:zlib'
import type { GcsSimulatorOptions } from '../../../src/simulators/gcs/gcs-simulator.ts'
import { testGcs } from './test-gcs.ts'

/** One request and what is told of its answer: `[method, address, with?]` and a status, or a status and parts of the answer. */
export type Step = readonly [method: string, address: string, sent: Sent, answer: Answer]

interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer> | object
}

/** `text`, `json` (of it only the named members) and `headers` of the answer. */
interface Answer {
  readonly status: number
  readonly text?: string
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string | null>>
}

export const QUANTUM = 256 * 1024

export function content(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) & 0xff)
}

/** gzip without a time in it. */
export function gzipped(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(text))
}

const JSON_API = '/storage/v1/b/bkt/o'
const UPLOAD = '/upload/storage/v1/b/bkt/o'

/**
 * Sends requests one after another to a service of its own, and answers what came of each in the form of `Answer`, with the members
 * that the step asks for. An address may begin with `o`, `upload` or `session` (of the last upload that was started), and
 * `{generation}` stands for that of the last object that was answered.
 */
export async function cameOf(steps: readonly Step[], options: Partial<GcsSimulatorOptions> = {}): Promise<Answer[]> {
  const { http } = testGcs({ keepBytes: true, ...options })
  const came: Answer[] = []
  let session = ''
  let generation = ''
  for (const [method, address, { headers = {}, body }, wanted] of steps) {
    const path = address
      .replace(/^upload(?=\?)/, UPLOAD)
      .replace(/^o(?=[/?]|$)/, JSON_API)
      .replace(/^session$/, session)
      .replaceAll('{generation}', generation)
    const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
    const request = new Request(new URL(path, 'http://storage.test'), {
      method,
      headers,
      ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
    })
    const response = await http(request)
    const text = await response.text()
    session = response.headers.get('location') ?? session
    const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined
    generation = json?.generation ?? json?.resource?.generation ?? generation
    came.push({
      status: response.status,
      ...('text' in wanted && { text }),
      ...('json' in wanted && { json: like(json, wanted.json) }),
      ...('headers' in wanted && {
        headers: Object.fromEntries(Object.keys(wanted.headers!).map((name) => [name, response.headers.get(name)])),
      }),
    })
  }
  return came
}

/** Of `value` only what `wanted` has as well. */
function like(value: unknown, wanted: unknown): unknown {
  if (Array.isArray(wanted)) return Array.isArray(value) ? value.map((item, at) => like(item, wanted[at])) : value
  if (typeof wanted !== 'object' || wanted === null || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(wanted).map(([name, inner]) => [name, like((value as Record<string, unknown>)[name], inner)]),
  )
}

/** The refusal that a status comes with. */
export function refused(status: number, reason: string): Answer {
  return { status, json: { error: { code: status, errors: [{ reason }] } } }
}

/** Stores `name` with a text. */
export function stored(name: string, text = name, query = ''): Step {
  const address = `upload?${new URLSearchParams({ uploadType: 'media', name })}${query}`
  return ['POST', address, { headers: { 'content-type': 'text/plain' }, body: text }, { status: 200 }]
}
