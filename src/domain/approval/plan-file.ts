import { jobsOf, type Plan } from '../plan.ts'
import { type PlanFact, sha256 } from './plan-fact.ts'

/** The first line of a plan file. */
export const PLAN_FORMAT = 'prompt-runner plan 1'

/** A plan as data, to be looked at and to be run just so. */
export interface PlanFile {
  readonly format: typeof PLAN_FORMAT
  /** Words of the command line that it was made with; no secrets. */
  readonly options: readonly string[]
  /** Who said what is known of the server: a recording, or the server itself. */
  readonly server: { readonly from: 'recording' | 'server'; readonly name: string }
  readonly facts: readonly PlanFact[]
  readonly jobs: readonly PlanFileJob[]
  /** For people; how long it takes is no part of what is made. */
  readonly estimate?: unknown
}

/** A job of a plan file: `number` is that of its workflow in its film. */
export interface PlanFileJob {
  readonly film: string
  readonly number: number
  readonly kind: 'high' | 'low' | 'combine'
  readonly chunk: number
  readonly id: string
  /** Why it runs, seen from the last run of the film; for people. */
  readonly why?: string | undefined
}

/** A plan file with the digest of all that is in it. */
export type SealedPlan = PlanFile & { readonly digest: string }

/** A plan file that somebody has looked at: nothing else is to be made. */
export interface ApprovedPlan {
  /** As it was given. */
  readonly path: string
  readonly plan: SealedPlan
}

/** The jobs of all films, as a plan file has them. */
export function planFileJobs(plans: readonly Plan[]): PlanFileJob[] {
  return plans.flatMap((plan) =>
    jobsOf(plan).map(({ workflowNumber: number, kind, chunk, jobId: id }) => ({
      ...{ film: plan.videoName, number, kind, chunk: chunk.number, id },
    })),
  )
}

/** Adds the digest, by which a file shows that nobody has edited it. */
export function sealPlan(file: PlanFile): SealedPlan {
  return { ...file, digest: digestOfPlan(file) }
}

/** The digest of a plan file's content, as it was read: what this version does not know counts, too. */
export function digestOfPlan(content: object): string {
  return sha256(JSON.stringify({ ...content, digest: undefined }))
}
