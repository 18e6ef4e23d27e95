import type { Problem } from '../errors.ts'
import { nearestSizes } from './frames.ts'
import type { PlanValues } from './plan.ts'
import type { Prompt, PromptOverrides } from './prompt.ts'
import { LARGEST_SEED } from './seed.ts'

/** The largest 4n+1 that ComfyUI's frame picker still cuts out of a batch (at most 4,096 frames). */
const LONGEST_CHUNK = 4093

/** The last frame of a batch at which ComfyUI's frame picker can start (its index ends at 4,095). */
const LAST_CONTROL_START = 4095

/** Limits of the nodes as a server's object_info gives them, unless said otherwise. */
const ranges = {
  framesPerChunk: { name: 'frames per chunk', from: 1, to: LONGEST_CHUNK, whole: true },
  fps: { name: 'fps', from: 1, to: 120, whole: false },
  // Each pass takes at least one step.
  steps: { name: 'steps', from: 2, to: 10_000, whole: true },
  cfg: { name: 'cfg', from: 0, to: 100, whole: false },
} as const

/** Everything that makes a plan impossible, each with the value and what would do instead. */
export function planProblems(prompt: Prompt, values: PlanValues): Problem[] {
  const problems = [
    ...(Object.keys(ranges) as (keyof typeof ranges)[]).map((key) => rangeProblem(prompt, key, values[key])),
    sizeProblem(prompt, 'width', values.width),
    sizeProblem(prompt, 'height', values.height),
    seedProblem(prompt, values),
    controlProblem(prompt, values),
  ].filter((problem) => problem !== null)
  return problems.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))
}

function placeOf({ file, lines }: Prompt, key: keyof PromptOverrides): Pick<Problem, 'file' | 'line'> {
  const line = lines?.[key]
  return line === undefined ? { file } : { file, line }
}

function rangeProblem(prompt: Prompt, key: keyof typeof ranges, value: number): Problem | null {
  const { name, from, to, whole } = ranges[key]
  if (value >= from && value <= to && (!whole || Number.isInteger(value))) return null
  return {
    ...placeOf(prompt, key),
    message: `${name} must be a ${whole ? 'whole ' : ''}number from ${from} to ${to}.`,
    value,
  }
}

function sizeProblem(prompt: Prompt, side: 'width' | 'height', value: number): Problem | null {
  const legal = nearestSizes(value)
  if (legal.includes(value)) return null
  const message = `${side} must be a multiple of 16, or the model works on another size than it delivers.`
  return { ...placeOf(prompt, side), message, value, hint: `The nearest: ${legal.join(' and ')}.` }
}

function seedProblem(prompt: Prompt, { seed, chunkLengths }: PlanValues): Problem | null {
  const largest = LARGEST_SEED - Math.max(0, chunkLengths.length - 1)
  if (Number.isInteger(seed) && seed >= 0 && seed <= largest) return null
  const hint = 'Each chunk counts the seed on by one, and all must stay below 2^53 to pass through JSON unchanged.'
  return { ...placeOf(prompt, 'seed'), message: `seed must be a whole number from 0 to ${largest}.`, value: seed, hint }
}

function controlProblem(prompt: Prompt, { chunkLengths }: PlanValues): Problem | null {
  const { controlVideo } = prompt.overrides
  const lastStart = prompt.totalFrames - (chunkLengths.at(-1) ?? prompt.totalFrames)
  if (controlVideo === undefined || lastStart <= LAST_CONTROL_START) return null
  return {
    ...placeOf(prompt, 'controlVideo'),
    message: `The last chunk starts at frame ${lastStart}, but ComfyUI can cut a control video no later than at frame ${LAST_CONTROL_START}.`,
    value: controlVideo,
    hint: 'Split the film into prompt files of at most 4,096 frames, each with its own part of the control video.',
  }
}
