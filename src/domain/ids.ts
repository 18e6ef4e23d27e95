import { createHash } from 'node:crypto'
import { type Plan, writtenPlan } from './plan.ts'

/** Namespace of this program's ids: the UUIDv5 of `https://prompt-runner` in RFC 9562's URL namespace. */
const NAMESPACE = 'fd91194f-8b95-5a27-a7c1-2dc720ef8a80'

/** Namespace of run ids: the UUIDv5 of `https://prompt-runner/run` in RFC 9562's URL namespace. */
const RUNS = uuidV5('https://prompt-runner/run', '6ba7b811-9dad-11d1-80b4-00c04fd430c8')

/** Jobs of a kind are made with the same template. */
export type JobKind = 'render' | 'combine'

/** Names a job by what it is made from. */
export type JobId = (content: string, kind: JobKind) => string

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

export interface RunIdentity {
  readonly runId: string
  /** Two words that a person can say and type. */
  readonly runName: string
}

/** A run that a rehearsal does again. */
export interface ReplayedIdentity extends RunIdentity {
  /** A live run is not judged by what the services saw. */
  readonly wasLive: boolean
}

/** Id and name of a run: its content and how often that was run before. `isTaken` says whether a name has a state already. */
export function identifyRun(plans: readonly Plan[], isTaken: (runName: string) => boolean): RunIdentity {
  // The same prompt under another path is the same work.
  const contents = plans.map(writtenPlan).map(({ promptFile: _, ...content }) => content)
  const content = createHash('sha256').update(JSON.stringify(contents)).digest('hex')
  for (let ordinal = 1; ; ordinal += 1) {
    const runId = uuidV5(`${content} ${ordinal}`, RUNS)
    const runName = nameOf(runId, ordinal)
    if (!isTaken(runName)) return { runId, runName }
  }
}

function nameOf(runId: string, ordinal: number): string {
  const bits = Number.parseInt(runId.slice(0, 8), 16)
  const name = `${first[bits % first.length]}-${second[Math.floor(bits / first.length) % second.length]}`
  // The words give some 1,600 names; the ordinal makes an end of collisions.
  return ordinal > 3 ? `${name}-${ordinal}` : name
}

const first = words(
  'amber bold brave bright brisk calm clear clever cool coral crisp dapper deep eager early fair fleet gentle glad golden grand hazy jolly keen kind late lively lucid mellow mild misty noble quiet rapid silver snug still sunny swift warm',
)
const second = words(
  'alder badger birch bream cedar comet crane delta dune ember fern finch fjord glade harbor heron holly iris kite lark linden maple marsh meadow otter pine plover prairie quartz raven reed river robin sable spruce thistle tide vale willow wren',
)

function words(text: string): string[] {
  return text.split(' ')
}
