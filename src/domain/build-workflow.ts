import { PromptRunnerError } from '../errors.ts'
import { applyBindings, type BuiltWorkflow } from './apply-bindings.ts'
import type { Role, Templates } from './bindings.ts'
import type { InputValue } from './graph.ts'
import type { CombineJob, Plan, RenderJob } from './plan.ts'

/** Files as the server's loaders take them: plain names for uploads, `folder/name [output]` for what it wrote itself. */
export interface RenderInputs {
  /** The latent that HIGH left; only LOW takes one. */
  readonly latent: string | null
  readonly referenceImage: string | null
  readonly controlVideo: string | null
  /** Folder on the server for all that the job saves. */
  readonly folder: string
}

/** The graph of one HIGH or LOW job. Throws PR_BINDING when the template has no place for the control video. */
export function buildRenderWorkflow(
  templates: Templates,
  plan: Plan,
  job: RenderJob,
  inputs: RenderInputs,
): BuiltWorkflow {
  const { render } = templates.bindings
  if (inputs.controlVideo !== null && !render.inputs.control_video) {
    throw new PromptRunnerError(
      'PR_BINDING',
      `The plan has a control video, but render.inputs of ${templates.files.bindings} lacks "control_video".`,
      {
        hint: 'Bind control_video and control_start to the nodes that load and cut it, or plan without a control video.',
      },
    )
  }
  const variant = render[job.kind]
  const remove = [
    ...variant.remove,
    ...(inputs.referenceImage === null ? render.without_reference_image : []),
    ...(inputs.controlVideo === null ? render.without_control_video : []),
  ]
  const bindings = { ...variant, inputs: { ...render.inputs, ...variant.inputs }, remove }
  return applyBindings(templates.render, bindings, {
    ...commonValues(plan, job, inputs),
    ...passValues(plan, job, inputs),
  })
}

type Values = Partial<Record<Role, InputValue>>

function commonValues(plan: Plan, { chunk }: RenderJob, inputs: RenderInputs): Values {
  return {
    text_encoder: plan.models.textEncoder,
    vae: plan.models.vae,
    positive_prompt: plan.positivePrompt,
    negative_prompt: plan.negativePrompt,
    width: plan.width,
    height: plan.height,
    length: chunk.renderFrames,
    seed: chunk.seed,
    steps: plan.steps,
    switch_step: plan.switchStep,
    cfg: plan.cfg,
    ...(inputs.referenceImage !== null && { reference_image: inputs.referenceImage }),
    ...(inputs.controlVideo !== null && {
      control_video: inputs.controlVideo,
      control_start: chunk.startFrame,
      control_length: chunk.renderFrames,
    }),
  }
}

function passValues(plan: Plan, job: RenderJob, { latent, folder }: RenderInputs): Values {
  const { highLora, highModel, lowLora, lowModel } = plan.models
  if (job.kind === 'high') return { lora: highLora, model: highModel, latent_prefix: `${folder}/high` }
  return {
    lora: lowLora,
    model: lowModel,
    latent_prefix: `${folder}/low`,
    video_prefix: `${folder}/video`,
    fps: plan.fps,
    ...(latent !== null && { latent }),
  }
}

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
