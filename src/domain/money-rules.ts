import { counted } from './wording.ts'

/** A job as a prompt names it: two with the same id are the same work. */
export interface PaidJob {
  readonly id: string
  /** As in the plan of the run. */
  readonly number: number
}

/** What the services of a run saw of what costs money or can be lost, in order. `at` is in epoch milliseconds of the run's clock. */
export type MoneyFact = { readonly at: number } & (
  | { readonly kind: 'taken'; readonly prompt: string; readonly job: PaidJob }
  /** ComfyUI says that it succeeded, and has named so many files. */
  | { readonly kind: 'done'; readonly prompt: string; readonly files: number }
  | { readonly kind: 'failed' | 'interrupted'; readonly prompt: string }
  /** The server knows it no more: it has died, or somebody took the prompt from its queue. */
  | { readonly kind: 'lost'; readonly prompt: string }
  /** A file that it made is no more on the server as it was made. */
  | { readonly kind: 'spoilt'; readonly prompt: string }
  | { readonly kind: 'stored'; readonly object: string; readonly crc32c: string }
  | { readonly kind: 'removed'; readonly object: string }
  /** The run says that this is its film, and in the bucket. */
  | { readonly kind: 'proven'; readonly video: string; readonly object: string; readonly crc32c: string }
  /** The run has deleted so many files of a video. */
  | { readonly kind: 'cleared'; readonly video: string; readonly files: number }
  /** At the end of the run. `isTold`: the run says itself that it could not stop it. */
  | {
      readonly kind: 'pod'
      readonly pod: string
      readonly runs: boolean
      readonly isToStop: boolean
      readonly isTold: boolean
    }
)

export type MoneyRule = 'sent-twice' | 'rendered-again' | 'deleted-unproven' | 'pod-left-running'

/** A rule that was broken, in a sentence, with the calls that broke it. */
export interface BrokenRule {
  readonly rule: MoneyRule
  readonly sentence: string
  readonly calls: readonly string[]
}

/**
 * Judges what a run has cost by what the services saw: no job is sent while a prompt of it is open, none is rendered again whose files
 * are there, nothing is deleted before the film is proven, no pod is left running that was to stop. A prompt that the server itself
 * has lost or spoilt was paid for in vain, but not by this run.
 */
export function brokenRules(facts: readonly MoneyFact[]): BrokenRule[] {
  const prompts = new Map<string, Prompt>()
  const ofJob = new Map<string, Prompt[]>()
  const stored = new Map<string, string>()
  const proven = new Map<string, Extract<MoneyFact, { kind: 'proven' }>>()
  const broken: BrokenRule[] = []
  for (const fact of facts) {
    switch (fact.kind) {
      case 'taken': {
        const before = ofJob.get(fact.job.id) ?? []
        for (const prompt of before) broken.push(...paidTwice(prompt, fact))
        const prompt = { taken: fact, end: null, isSpoilt: false }
        prompts.set(fact.prompt, prompt)
        ofJob.set(fact.job.id, [...before, prompt])
        break
      }
      case 'done':
      case 'failed':
      case 'interrupted':
      case 'lost': {
        const prompt = prompts.get(fact.prompt)
        if (prompt) prompt.end = fact
        break
      }
      case 'spoilt': {
        const prompt = prompts.get(fact.prompt)
        if (prompt) prompt.isSpoilt = true
        break
      }
      case 'stored':
        stored.set(fact.object, fact.crc32c)
        break
      case 'removed':
        broken.push(...removedProof(fact, [...proven.values()]))
        stored.delete(fact.object)
        break
      case 'proven':
        proven.set(fact.video, fact)
        break
      case 'cleared': {
        const proof = proven.get(fact.video)
        if (fact.files === 0 || (proof && stored.get(proof.object) === proof.crc32c)) break
        broken.push({
          rule: 'deleted-unproven',
          sentence: `${counted(fact.files, 'file')} of ${fact.video} were deleted before its film was proven to be in the bucket`,
          calls: [...(proof ? [callText(proof)] : []), callText(fact)],
        })
        break
      }
      case 'pod':
        if (fact.runs && fact.isToStop && !fact.isTold)
          broken.push({
            rule: 'pod-left-running',
            sentence: `pod ${fact.pod} was to be stopped at the end, and runs`,
            calls: [callText(fact)],
          })
        break
      default:
        fact satisfies never
    }
  }
  return broken
}

/** How many prompts were paid for although they need not have been. */
export function promptsPaidTwice(broken: readonly BrokenRule[]): number {
  return broken.filter(({ rule }) => rule === 'sent-twice' || rule === 'rendered-again').length
}

interface Prompt {
  readonly taken: Extract<MoneyFact, { kind: 'taken' }>
  end: MoneyFact | null
  isSpoilt: boolean
}

function paidTwice({ taken, end, isSpoilt }: Prompt, again: MoneyFact): BrokenRule[] {
  const job = `job ${taken.job.number}`
  const calls = [taken, ...(end ? [end] : []), again].map(callText)
  if (end === null) {
    return [
      { rule: 'sent-twice', sentence: `${job} was sent again while prompt ${taken.prompt} of it was open`, calls },
    ]
  }
  if (end.kind !== 'done' || end.files === 0 || isSpoilt) return []
  const sentence = `${job} was rendered again although prompt ${taken.prompt} had done it and its files were there`
  return [{ rule: 'rendered-again', sentence, calls }]
}

function removedProof(
  removed: Extract<MoneyFact, { kind: 'removed' }>,
  proven: ReadonlyArray<Extract<MoneyFact, { kind: 'proven' }>>,
): BrokenRule[] {
  const proof = proven.find(({ object }) => object === removed.object)
  if (!proof) return []
  const sentence = `${removed.object} was deleted from the bucket, and was the film of ${proof.video}`
  return [{ rule: 'deleted-unproven', sentence, calls: [callText(proof), callText(removed)] }]
}

/** One line for what was seen: when, and what. */
export function callText(fact: MoneyFact): string {
  return `${new Date(fact.at).toISOString().slice(11, 23)} ${saidOf(fact)}`
}

function saidOf(fact: MoneyFact): string {
  switch (fact.kind) {
    case 'taken':
      return `POST /prompt of job ${fact.job.number}: ComfyUI takes prompt ${fact.prompt}`
    case 'done':
      return `prompt ${fact.prompt} is done, with ${counted(fact.files, 'file')}`
    case 'failed':
      return `prompt ${fact.prompt} fails`
    case 'interrupted':
      return `prompt ${fact.prompt} is interrupted`
    case 'lost':
      return `ComfyUI knows prompt ${fact.prompt} no more`
    case 'spoilt':
      return `files of prompt ${fact.prompt} are no more as they were`
    case 'stored':
      return `gs://${fact.object} is stored, crc32c ${fact.crc32c}`
    case 'removed':
      return `DELETE gs://${fact.object}`
    case 'proven':
      return `the run says that gs://${fact.object} is the film of ${fact.video}, crc32c ${fact.crc32c}`
    case 'cleared':
      return `${counted(fact.files, 'local file')} of ${fact.video} are deleted`
    case 'pod':
      return `the run ends, and pod ${fact.pod} ${fact.runs ? 'runs' : 'is off'}`
    default:
      return fact satisfies never
  }
}
