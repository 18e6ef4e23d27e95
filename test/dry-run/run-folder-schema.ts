import * as z from 'zod'

/** The files of a run folder, field for field. Nothing else may stand there. */
const uuid = z.uuid()
const stamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/, 'microseconds, no zone')
const count = z.int().nonnegative()

const node = z.strictObject({
  inputs: z.record(z.string(), z.unknown()),
  class_type: z.string(),
  _meta: z.strictObject({ title: z.string() }).optional(),
})

export const workflowFile = z.strictObject({
  workflow_id: count,
  timestamp: stamp,
  job_info: z.strictObject({
    type: z.enum(['high_noise_render', 'low_noise_render', 'combine']),
    job_id: uuid,
    job_number: count,
    video_name: z.string(),
    modifications: z.array(z.string()).min(1),
  }),
  workflow: z.record(z.string(), node),
  original_nodes_count: count,
  modifications_applied: z.array(z.string()).min(1),
  attempt: count,
  prompt_id: uuid,
  status: count,
})

const plan = (type: 'render' | 'combine', job: z.ZodType) =>
  z.strictObject({
    job_type: z.literal(type),
    timestamp: stamp,
    metadata: z.strictObject({
      video_name: z.string(),
      total_frames: count,
      frames_per_chunk: count,
      width: count,
      height: count,
      fps: z.number(),
      steps: count,
      switch_step: count,
      cfg: z.number(),
      models: z.strictObject({
        high_model: z.string(),
        low_model: z.string(),
        high_lora: z.string(),
        low_lora: z.string(),
        text_encoder: z.string(),
        vae: z.string(),
      }),
    }),
    total_jobs: count,
    jobs: z.array(job),
  })

export const renderJobsFile = plan(
  'render',
  z.strictObject({
    job_id: uuid,
    job_number: count,
    job_type: z.enum(['JobType.HIGH', 'JobType.LOW']),
    frames_to_render: count,
    start_frame: count,
    positive_prompt: z.string(),
    negative_prompt: z.string(),
    latent_input_path: z.string().nullable(),
    reference_image_path: z.string().nullable(),
    predicted: z.literal(true),
    workflow_id: count,
    chunk: count,
    frames_to_keep: count,
    seed: count,
    reference_frame: count.nullable(),
    depends_on: z.array(count),
  }),
)

export const combineJobsFile = plan(
  'combine',
  z.strictObject({
    job_id: uuid,
    job_number: count,
    job_type: z.literal('JobType.COMBINE'),
    video_input_path: z.string(),
    combined_input_path: z.string().nullable(),
    predicted: z.literal(true),
    workflow_id: count,
    chunk: count,
    frames_to_keep: count,
    film_frames: count,
    depends_on: z.array(count),
  }),
)

const storedObject = z.strictObject({
  bucket: z.string(),
  name: z.string(),
  size: count,
  crc32c: z.string(),
  md5: z.string().nullable(),
  generation: z.string(),
})
const localFile = z.strictObject({ path: z.string(), bytes: count })

export const cleanupFile = z.strictObject({
  video_name: z.string(),
  run_name: z.string(),
  reason: z.string(),
  upload_verified: storedObject.nullable(),
  delete: z.array(localFile),
  keep: z.array(localFile),
})

export const uploadFile = z.strictObject({
  bucket: z.string(),
  object: z.string(),
  size: count,
  crc32c: z.string(),
  md5: z.string(),
  content_type: z.string(),
  generation: z.string(),
  metadata: z.record(z.string(), z.string()),
  requests: z
    .array(
      z.strictObject({
        method: z.string(),
        url: z.string(),
        content_range: z.string().nullable(),
        bytes: count,
        status: count,
      }),
    )
    .min(1),
})
