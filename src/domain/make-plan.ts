import { PromptRunnerError } from '../errors.ts'
import { referenceFrame, renderFrames, switchStep } from './frames.ts'
import type { JobId } from './ids.ts'
import type { Chunk, CombineJob, Passes, Plan } from './plan.ts'
import { planProblems, planWarnings } from './plan-problems.ts'
import { type PlanSettings, planValues } from './plan-values.ts'
import type { Prompt } from './prompt.ts'

/**
 * Plans one video. The same prompt and settings give the same plan, byte for byte; `jobId` names a job by its content.
 * Throws PR_PLAN with one problem for each value that cannot be used.
 */
export function makePlan(prompt: Prompt, settings: PlanSettings, jobId: JobId): Plan {
  const values = planValues(prompt, settings)
  const problems = planProblems(prompt, values, settings.given)
  if (problems.length > 0) {
    throw new PromptRunnerError('PR_PLAN', `No plan can be made for video "${prompt.videoName}" of ${prompt.file}.`, {
      problems,
    })
  }
  const { chunkLengths: lengths, framesPerChunk: asked, ...kept } = values
  const chunks = planChunks(lengths, values.seed, settings.chunkSeeds)
  const [first = asked] = lengths
  const video = {
    videoName: prompt.videoName,
    promptFile: prompt.file,
    positivePrompt: prompt.positivePrompt,
    negativePrompt: prompt.negativePrompt,
    totalFrames: prompt.totalFrames,
    framesPerChunk: chunks.length > 1 ? first : asked,
    ...kept,
    switchStep: switchStep(values.steps),
    referenceImage: prompt.overrides.referenceImage ?? null,
    controlVideo: prompt.overrides.controlVideo ?? null,
  }
  const passes = planPasses(video, chunks, jobId)
  const combineJobs = settings.combine === 'once' ? [] : planCombineJobs(video, passes, jobId)
  return { ...video, chunks, passes, combineJobs, warnings: planWarnings(prompt, values, settings) }
}

function planChunks(lengths: readonly number[], seed: number, own: PlanSettings['chunkSeeds']): Chunk[] {
  const chunks: Chunk[] = []
  for (const keepFrames of lengths) {
    const before = chunks.at(-1)
    chunks.push({
      number: chunks.length + 1,
      startFrame: before ? before.startFrame + before.keepFrames : 0,
      keepFrames,
      renderFrames: renderFrames(keepFrames),
      seed: own[chunks.length + 1] ?? seed + chunks.length,
      referenceFrame: before ? referenceFrame(before.keepFrames) : null,
    })
  }
  return chunks
}

type Video = Omit<Plan, 'chunks' | 'passes' | 'combineJobs' | 'warnings'>

/**
 * HIGH odd, LOW even. A job's id is made from everything that decides its result, the ids of the jobs before it included: what
 * changes in chunk 3 renames chunk 3 and all that follow, and no other. Of the user's own files only their presence is in
 * it; `jobId` has to add their contents.
 */
function planPasses(video: Video, chunks: readonly Chunk[], jobId: JobId): Passes[] {
  const { videoName, positivePrompt, negativePrompt, width, height, steps, switchStep, cfg } = video
  const { textEncoder, vae, highModel, highLora, lowModel, lowLora } = video.models
  const common = [videoName, positivePrompt, negativePrompt, width, height, steps, switchStep, cfg, textEncoder, vae]
  const ofHigh = JSON.stringify(['high', ...common, highModel, highLora])
  const ofLow = JSON.stringify(['low', ...common, lowModel, lowLora, video.fps])
  const passes: Passes[] = []
  for (const chunk of chunks) {
    const number = passes.length * 2 + 1
    const before = passes.at(-1)?.low
    const reference = before ? [chunk.referenceFrame, before.jobId] : [video.referenceImage && 'image']
    const control = video.controlVideo === null ? [] : ['video', chunk.startFrame]
    const content = JSON.stringify([chunk.renderFrames, chunk.seed, reference, control])
    const highId = jobId(`${ofHigh} ${content}`, 'render')
    passes.push({
      high: {
        kind: 'high',
        jobId: highId,
        jobNumber: number,
        workflowNumber: number,
        chunk,
        dependsOn: before ? [before.workflowNumber] : [],
      },
      low: {
        kind: 'low',
        jobId: jobId(`${ofLow} ${highId}`, 'render'),
        jobNumber: number + 1,
        workflowNumber: number + 1,
        chunk,
        dependsOn: [number],
      },
    })
  }
  return passes
}

/** Combine 1…n; their workflows are numbered on. */
function planCombineJobs({ fps }: Video, passes: readonly Passes[], jobId: JobId): CombineJob[] {
  const jobs: CombineJob[] = []
  for (const { low } of passes) {
    const { chunk } = low
    const before = jobs.at(-1)
    const content = JSON.stringify(['combine', fps, chunk.keepFrames, low.jobId, before?.jobId ?? null])
    jobs.push({
      kind: 'combine',
      jobId: jobId(content, 'combine'),
      jobNumber: chunk.number,
      workflowNumber: passes.length * 2 + chunk.number,
      chunk,
      dependsOn: before ? [low.workflowNumber, before.workflowNumber] : [low.workflowNumber],
      filmFrames: chunk.startFrame + chunk.keepFrames,
    })
  }
  return jobs
}
