import { applyBindings, type BuiltWorkflow } from './apply-bindings.ts'
import type { Templates } from './bindings.ts'
import type { CombineJob, Plan } from './plan-types.ts'

/** Files as the server's loaders take them: `folder/name [output]`. */
export interface CombineInputs {
  /** The video of the job's chunk. */
  readonly video: string
  /** The film of the combine job before; null for job 1. */
  readonly film: string | null
  /** Folder on the server for what the job saves. */
  readonly folder: string
}

/** The graph of one combine job: chunk 1 alone, or the film so far with a chunk behind it; a chunk's surplus frames are cut. */
export function buildCombineWorkflow(
  templates: Templates,
  plan: Plan,
  job: CombineJob,
  inputs: CombineInputs,
): BuiltWorkflow {
  const { combine } = templates.bindings
  const variant = inputs.film === null ? combine.first : combine.later
  const frames = job.chunk.keepFrames
  const videos =
    inputs.film === null
      ? { first_video: inputs.video, first_frames: frames }
      : { first_video: inputs.film, second_video: inputs.video, second_frames: frames }
  const bindings = { ...variant, inputs: { ...combine.inputs, ...variant.inputs } }
  return applyBindings(templates.combine, bindings, { ...videos, fps: plan.fps, film_prefix: `${inputs.folder}/film` })
}
