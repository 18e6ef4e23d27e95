import { type Problem, PromptRunnerError } from '../errors.ts'
import { chunkLengths, referenceFrame, renderFrames, switchStep } from './frames.ts'
import { type PlanNumber, planNumbers } from './limits.ts'
import { type JobId, planJobs } from './plan-jobs.ts'
import { planProblems } from './plan-problems.ts'
import type { Chunk, ModelNames, Plan } from './plan-types.ts'
import { planWarnings } from './plan-warnings.ts'
import type { Prompt } from './prompt.ts'
import { deriveSeed } from './seed.ts'

/** What the settings say about plans; a prompt file's own values win. Sizes in pixels. */
export interface PlanSettings {
  readonly framesPerChunk: number
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly steps: number
  readonly cfg: number
  /** null: derived from the prompt. */
  readonly seed: number | null
  readonly models: ModelNames
  /** Where those that are no defaults were given, for messages: a flag, or a configuration file and its line. */
  readonly given: Readonly<Partial<Record<PlanNumber, Pick<Problem, 'file' | 'line'>>>>
}

/** The values that hold for one video once prompt file and settings are put together. */
export type PlanValues = Omit<PlanSettings, 'seed' | 'given'> & {
  readonly seed: number
  readonly chunkLengths: readonly number[]
}

/**
 * Plans one video. The same prompt and settings give the same plan, byte for byte; `jobId` names a job by its content.
 * Throws PR_PLAN with one problem for each value that cannot be used.
 */
export function makePlan(prompt: Prompt, settings: PlanSettings, jobId: JobId): Plan {
  const values = settle(prompt, settings)
  const problems = planProblems(prompt, values, settings.given)
  if (problems.length > 0) {
    throw new PromptRunnerError('PR_PLAN', `No plan can be made for video "${prompt.videoName}" of ${prompt.file}.`, {
      problems,
    })
  }
  const { chunkLengths: lengths, framesPerChunk: asked, ...kept } = values
  const chunks = planChunks(lengths, values.seed)
  const video = {
    videoName: prompt.videoName,
    promptFile: prompt.file,
    positivePrompt: prompt.positivePrompt,
    negativePrompt: prompt.negativePrompt,
    totalFrames: prompt.totalFrames,
    framesPerChunk: chunks.length > 1 ? lengths[0]! : asked,
    ...kept,
    switchStep: switchStep(values.steps),
    referenceImage: prompt.overrides.referenceImage ?? null,
    controlVideo: prompt.overrides.controlVideo ?? null,
  }
  const warnings = [...idleFlags(prompt, settings), ...planWarnings(prompt, values)]
  return { ...video, chunks, ...planJobs(video, chunks, jobId), warnings }
}

/** What a prompt file says is of its film, and a flag of all films. */
function idleFlags({ overrides }: Prompt, settings: PlanSettings): string[] {
  return planNumbers
    .filter((key) => overrides[key] !== undefined && overrides[key] !== settings[key])
    .map((key) => ({ key, flag: settings.given[key]?.file ?? '' }))
    .filter(({ flag }) => flag.startsWith('--'))
    .map(({ key, flag }) => `${flag} ${settings[key]} has no effect: the prompt file says ${overrides[key]}.`)
}

function settle(prompt: Prompt, settings: PlanSettings): PlanValues {
  const { overrides } = prompt
  const framesPerChunk = overrides.framesPerChunk ?? settings.framesPerChunk
  // A chunk length that was asked for must not be evened out.
  const isAsked = (overrides.framesPerChunk ?? settings.given.framesPerChunk) !== undefined
  return {
    framesPerChunk,
    width: overrides.width ?? settings.width,
    height: overrides.height ?? settings.height,
    fps: overrides.fps ?? settings.fps,
    steps: overrides.steps ?? settings.steps,
    cfg: overrides.cfg ?? settings.cfg,
    seed: overrides.seed ?? settings.seed ?? deriveSeed(seedText(prompt)),
    models: {
      ...settings.models,
      highLora: overrides.loras?.high ?? settings.models.highLora,
      lowLora: overrides.loras?.low ?? settings.models.lowLora,
    },
    chunkLengths:
      Number.isInteger(framesPerChunk) && framesPerChunk >= 1
        ? chunkLengths(prompt.totalFrames, framesPerChunk, !isAsked)
        : [],
  }
}

function seedText(prompt: Prompt): string {
  return JSON.stringify([prompt.videoName, prompt.totalFrames, prompt.positivePrompt, prompt.negativePrompt])
}

function planChunks(lengths: readonly number[], seed: number): Chunk[] {
  let startFrame = 0
  return lengths.map((keepFrames, index) => {
    const chunk: Chunk = {
      number: index + 1,
      startFrame,
      keepFrames,
      renderFrames: renderFrames(keepFrames),
      seed: seed + index,
      referenceFrame: index === 0 ? null : referenceFrame(lengths[index - 1]!),
    }
    startFrame += keepFrames
    return chunk
  })
}
