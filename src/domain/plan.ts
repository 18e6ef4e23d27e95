/** The plan of one video. Pure data: the same input gives the same plan, byte for byte. */
export interface Plan {
  readonly videoName: string
  readonly promptFile: string
  readonly positivePrompt: string
  readonly negativePrompt: string
  /** Frames of the finished film: exactly what was asked for. */
  readonly totalFrames: number
  /** Frames a chunk keeps when it is not the last one, after evening out (later chunks may then keep one less). */
  readonly framesPerChunk: number
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly steps: number
  /** Step at which HIGH hands over to LOW. */
  readonly switchStep: number
  readonly cfg: number
  /** Seed of the first chunk; chunk k uses `seed + k - 1`, unless it has a seed of its own. Below 2^53. */
  readonly seed: number
  readonly models: ModelNames
  readonly referenceImage: string | null
  readonly controlVideo: string | null
  readonly chunks: readonly Chunk[]
  /** The two passes over each chunk, in order. */
  readonly passes: readonly Passes[]
  /** Combine 1…n, numbered on their own; none: the film is joined on this machine. */
  readonly combineJobs: readonly CombineJob[]
  /** Sentences for a person: what is legal but will be regretted (cfg 1 with a negative prompt, long chunks, memory). */
  readonly warnings: readonly string[]
}

export interface ModelNames {
  readonly highModel: string
  readonly lowModel: string
  readonly highLora: string
  readonly lowLora: string
  readonly textEncoder: string
  readonly vae: string
}

export interface Chunk {
  /** Counted from 1. */
  readonly number: number
  /** First source frame, counted from 0. */
  readonly startFrame: number
  /** Frames that stay in the film. */
  readonly keepFrames: number
  /** Frames rendered: the next 4n+1 at or above `keepFrames`. */
  readonly renderFrames: number
  readonly seed: number
  /** Frame of the previous chunk's video (counted from 0) that becomes this chunk's reference; null for chunk 1. */
  readonly referenceFrame: number | null
}

/** HIGH is numbered 1, LOW 2, the next HIGH 3, … */
export interface Passes {
  readonly high: HighJob
  readonly low: LowJob
}

interface JobBase {
  /** UUIDv5 of the job's content. */
  readonly jobId: string
  readonly jobNumber: number
  /** Workflow number of the run: render jobs first, then combine jobs; names `workflow_NNN_…`. */
  readonly workflowNumber: number
  readonly chunk: Chunk
  /** Workflow numbers of jobs that must be done before. Always smaller than `workflowNumber`. */
  readonly dependsOn: readonly number[]
}

export interface HighJob extends JobBase {
  readonly kind: 'high'
}

export interface LowJob extends JobBase {
  readonly kind: 'low'
}

export interface CombineJob extends JobBase {
  readonly kind: 'combine'
  /** Frames of the film after this job. */
  readonly filmFrames: number
}

export type RenderJob = HighJob | LowJob
export type Job = RenderJob | CombineJob

/** `type` of a job in workflow files and in `extra_data.prompt_runner`. */
export const jobType = { high: 'high_noise_render', low: 'low_noise_render', combine: 'combine' } as const

/** The render jobs of a plan, in the order in which they run. */
export function renderJobsOf({ passes }: Plan): RenderJob[] {
  return passes.flatMap(({ high, low }) => [high, low])
}

/** Whether the chunks of a film are joined on this machine, by ffmpeg, and not by jobs. */
export function isJoinedHere({ combineJobs }: Pick<Plan, 'combineJobs'>): boolean {
  return combineJobs.length === 0
}

/** All jobs of a plan, in the order in which they run. */
export function jobsOf(plan: Plan): Job[] {
  return [...renderJobsOf(plan), ...plan.combineJobs]
}

/**
 * How many jobs the plans before each video have: added to the number of a workflow in its plan it gives the number in the run, which
 * is that of its file in a run folder.
 */
export function workflowsBefore(plans: readonly Plan[]): ReadonlyMap<string, number> {
  let before = 0
  return new Map(
    plans.map((plan) => {
      const entry = [plan.videoName, before] as const
      before += jobsOf(plan).length
      return entry
    }),
  )
}

/** A plan as it is written down; names of runs and digests in manifests are made of this text, so its form stays. */
export function writtenPlan(plan: Plan) {
  const { passes: _, combineJobs, warnings, ...video } = plan
  return { ...video, renderJobs: renderJobsOf(plan), combineJobs, warnings }
}

/** The reverse of `writtenPlan`; null when not every chunk has its two passes. */
export function readPlan({ renderJobs, ...video }: ReturnType<typeof writtenPlan>): Plan | null {
  const [highs, lows] = [
    renderJobs.filter((job) => job.kind === 'high'),
    renderJobs.filter((job) => job.kind === 'low'),
  ]
  const passes = highs.flatMap((high, index) => {
    const low = lows[index]
    return low ? [{ high, low }] : []
  })
  return passes.length * 2 === renderJobs.length ? { ...video, passes } : null
}
