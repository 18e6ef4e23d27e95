import { chunkPart, combinePart, referenceUploadName, serverFolder } from '../config/layout.ts'
import type { CombineJob, Plan, RenderJob } from '../domain/plan.ts'
import { renderJobsOf } from '../domain/plan.ts'
import { snakeCased } from '../domain/wording.ts'

/** What a plan does not know of its run. */
interface PlannedRun {
  readonly runName: string
  readonly timestamp: string
  /** Workflows of the run before this video's first. */
  readonly workflowsBefore: number
}

/**
 * The plan of a video's render jobs for the run folder, in snake_case like every file that users read. `workflow_id` and
 * `depends_on` count through the run, as the files in `workflows/` do.
 * Paths are the names that the server is expected to choose (`"predicted": true`): the true ones are known when a job is done.
 */
export function renderJobPlan(plan: Plan, run: PlannedRun) {
  const jobs = renderJobsOf(plan).map((job) => renderJob(plan, job, run))
  return jobPlan('render', plan, run.timestamp, jobs)
}

/** The plan of a video's combine jobs, with numbers and names as in `renderJobPlan`. */
export function combineJobPlan(plan: Plan, run: PlannedRun) {
  const jobs = plan.combineJobs.map((job) => combineJob(plan, job, run))
  return jobPlan('combine', plan, run.timestamp, jobs)
}

function jobPlan(type: 'render' | 'combine', plan: Plan, timestamp: string, jobs: readonly object[]) {
  return {
    job_type: type,
    timestamp,
    metadata: {
      video_name: plan.videoName,
      total_frames: plan.totalFrames,
      frames_per_chunk: plan.framesPerChunk,
      width: plan.width,
      height: plan.height,
      fps: plan.fps,
      steps: plan.steps,
      switch_step: plan.switchStep,
      cfg: plan.cfg,
      models: snakeCased(plan.models),
    },
    total_jobs: jobs.length,
    jobs,
  }
}

function renderJob(plan: Plan, job: RenderJob, { runName, workflowsBefore }: PlannedRun) {
  const folder = serverFolder(runName, plan.videoName, chunkPart(job.chunk.number), 1)
  return {
    job_id: job.jobId,
    job_number: job.jobNumber,
    job_type: job.kind === 'high' ? 'JobType.HIGH' : 'JobType.LOW',
    frames_to_render: job.chunk.renderFrames,
    start_frame: job.chunk.startFrame,
    positive_prompt: plan.positivePrompt,
    negative_prompt: plan.negativePrompt,
    latent_input_path: job.kind === 'low' ? `${folder}/high_00001_.latent [output]` : null,
    reference_image_path:
      job.chunk.referenceFrame === null
        ? plan.referenceImage
        : referenceUploadName(runName, plan.videoName, job.chunk.number),
    predicted: true,
    workflow_id: workflowsBefore + job.workflowNumber,
    chunk: job.chunk.number,
    frames_to_keep: job.chunk.keepFrames,
    seed: job.chunk.seed,
    reference_frame: job.chunk.referenceFrame,
    depends_on: job.dependsOn.map((number) => workflowsBefore + number),
  }
}

function combineJob(plan: Plan, job: CombineJob, { runName, workflowsBefore }: PlannedRun) {
  const chunk = serverFolder(runName, plan.videoName, chunkPart(job.chunk.number), 1)
  const before = serverFolder(runName, plan.videoName, combinePart(job.jobNumber - 1), 1)
  return {
    job_id: job.jobId,
    job_number: job.jobNumber,
    job_type: 'JobType.COMBINE',
    video_input_path: `${chunk}/video_00001_.mp4 [output]`,
    combined_input_path: job.jobNumber === 1 ? null : `${before}/film_00001_.mp4 [output]`,
    predicted: true,
    workflow_id: workflowsBefore + job.workflowNumber,
    chunk: job.chunk.number,
    frames_to_keep: job.chunk.keepFrames,
    film_frames: job.filmFrames,
    depends_on: job.dependsOn.map((number) => workflowsBefore + number),
  }
}
