import { createHash } from 'node:crypto'
import { uuidV5 } from './ids.ts'
import type { Plan } from './plan-types.ts'

/** Namespace of run ids: the UUIDv5 of `https://prompt-runner/run` in RFC 9562's URL namespace. */
const NAMESPACE = uuidV5('https://prompt-runner/run', '6ba7b811-9dad-11d1-80b4-00c04fd430c8')

export interface RunIdentity {
  readonly runId: string
  /** Two words that a person can say and type. */
  readonly runName: string
}

/** Id and name of a run: its content and how often that was run before. `isTaken` says whether a name has a state already. */
export function identifyRun(plans: readonly Plan[], isTaken: (runName: string) => boolean): RunIdentity {
  // The same prompt under another path is the same work.
  const contents = plans.map(({ promptFile: _, ...content }) => content)
  const content = createHash('sha256').update(JSON.stringify(contents)).digest('hex')
  for (let ordinal = 1; ; ordinal += 1) {
    const runId = uuidV5(`${content} ${ordinal}`, NAMESPACE)
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
