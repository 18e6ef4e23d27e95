import type { Chunk, CombineJob, Plan, RenderJob } from './plan-types.ts'

type Video = Omit<Plan, 'chunks' | 'renderJobs' | 'combineJobs' | 'warnings'>

/** Jobs of a kind are made with the same template. */
export type JobKind = 'render' | 'combine'

/** Names a job by what it is made from. */
export type JobId = (content: string, kind: JobKind) => string

/**
 * The jobs of a video: HIGH odd, LOW even, then combine 1…n, numbered on. A job's id is made from everything that
 * decides its result, the ids of the jobs before it included: what changes in chunk 3 renames chunk 3 and all that
 * follow, and no other. Of the user's own files only their presence is in it; `jobId` has to add their contents.
 */
export function planJobs(
  video: Video,
  chunks: readonly Chunk[],
  jobId: JobId,
): Pick<Plan, 'renderJobs' | 'combineJobs'> {
  const renderJobs = planRenderJobs(video, chunks, jobId)
  const combineJobs: CombineJob[] = []
  for (const chunk of chunks) {
    const low = renderJobs[chunk.number * 2 - 1]!
    const before = combineJobs.at(-1)
    const workflowNumber = renderJobs.length + chunk.number
    combineJobs.push({
      kind: 'combine',
      jobId: jobId(
        JSON.stringify(['combine', video.fps, chunk.keepFrames, low.jobId, before?.jobId ?? null]),
        'combine',
      ),
      jobNumber: chunk.number,
      workflowNumber,
      chunk,
      dependsOn: before ? [low.workflowNumber, before.workflowNumber] : [low.workflowNumber],
      filmFrames: chunk.startFrame + chunk.keepFrames,
    })
  }
  return { renderJobs, combineJobs }
}

function planRenderJobs(video: Video, chunks: readonly Chunk[], jobId: JobId): RenderJob[] {
  const {
    videoName,
    positivePrompt,
    negativePrompt,
    width,
    height,
    steps,
    switchStep,
    cfg,
    referenceImage,
    controlVideo,
  } = video
  const { textEncoder, vae, highModel, highLora, lowModel, lowLora } = video.models
  const common = [videoName, positivePrompt, negativePrompt, width, height, steps, switchStep, cfg, textEncoder, vae]
  const high = JSON.stringify(['high', ...common, highModel, highLora])
  const low = JSON.stringify(['low', ...common, lowModel, lowLora, video.fps])
  const jobs: RenderJob[] = []
  for (const chunk of chunks) {
    const workflowNumber = jobs.length + 1
    const before = jobs.at(-1)
    const reference = before ? [chunk.referenceFrame, before.jobId] : [referenceImage && 'image']
    const control = controlVideo === null ? [] : ['video', chunk.startFrame]
    const content = JSON.stringify([chunk.renderFrames, chunk.seed, reference, control])
    const highId = jobId(`${high} ${content}`, 'render')
    jobs.push(
      {
        kind: 'high',
        jobId: highId,
        jobNumber: workflowNumber,
        workflowNumber,
        chunk,
        dependsOn: before ? [before.workflowNumber] : [],
      },
      {
        kind: 'low',
        jobId: jobId(`${low} ${highId}`, 'render'),
        jobNumber: workflowNumber + 1,
        workflowNumber: workflowNumber + 1,
        chunk,
        dependsOn: [workflowNumber],
      },
    )
  }
  return jobs
}
