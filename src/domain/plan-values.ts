import type { Problem } from '../errors.ts'
import { chunkLengths } from './frames.ts'
import type { PlanNumber } from './limits.ts'
import type { ModelNames } from './plan.ts'
import type { Prompt } from './prompt.ts'

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
  /** How chunks become a film: by jobs that append one each, or by ffmpeg on this machine. */
  readonly combine: 'chain' | 'once'
  /** Seeds of chunks that do not count on from the first one's, by their numbers; of every film. */
  readonly chunkSeeds: Readonly<Record<number, number>>
  readonly models: ModelNames
  /** Where those that are no defaults were given, for messages: a flag, or a configuration file and its line. */
  readonly given: Readonly<Partial<Record<PlanNumber, Pick<Problem, 'file' | 'line'>>>>
}

/** The values that hold for one video once prompt file and settings are put together. */
export interface PlanValues {
  readonly framesPerChunk: number
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly steps: number
  readonly cfg: number
  readonly seed: number
  readonly models: ModelNames
  /** Frames that each chunk keeps; none when the chunk length is none. */
  readonly chunkLengths: readonly number[]
}

/** Puts prompt file and settings together. */
export function planValues(prompt: Prompt, settings: PlanSettings): PlanValues {
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

/** A seed from a text, the same each time, below 2^48 so that each chunk of the longest film can count on from it: two FNV-1a hashes side by side. */
export function deriveSeed(text: string): number {
  return (fnv1a(text, 0x811c9dc5) & 0xffff) * 2 ** 32 + fnv1a(text, 0x01000193)
}

/** Fowler–Noll–Vo 1a over UTF-16 units, 32 bits, unsigned. */
function fnv1a(text: string, offset: number): number {
  let hash = offset
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
