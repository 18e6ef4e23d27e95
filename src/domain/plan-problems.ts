import type { Problem } from '../errors.ts'
import { SHORTEST_TAIL } from './frames.ts'
import { keepsTo, LONGEST_CUT, limits, nearestWithin, type PlanNumber, planNumbers, ruleOf } from './limits.ts'
import type { PlanSettings, PlanValues } from './plan-values.ts'
import type { Prompt, PromptOverrides } from './prompt.ts'
import { counted } from './wording.ts'

/** The last frame of a batch at which ComfyUI's frame picker can start. */
const LAST_CONTROL_START = LONGEST_CUT - 1

/** Wan2.2 A14B was trained at 81 frames and 16 fps. */
const NATIVE_FRAMES = 81
const NATIVE_FPS = 16

/** ComfyUI holds pictures as three float32 values a pixel. */
const BYTES_PER_PIXEL = 12

/** What a server with 64 GB has left beside the two 14B models (Q8, 15 GB each) that it keeps in memory. */
const COMBINE_MEMORY = 32e9

/** Everything that makes a plan impossible, each where the value was given and with what would do instead. */
export function planProblems(prompt: Prompt, values: PlanValues, given: PlanSettings['given']): Problem[] {
  const problems = [
    ...planNumbers.map((key) => {
      const fault = key === 'seed' ? seedFault(values) : numberFault(key, values[key])
      // A prompt file's own values win; a value that nobody gave is a matter of the prompt file, too.
      const place = (prompt.overrides[key] === undefined && given[key]) || placeOf(prompt, key)
      return fault && { ...place, ...fault, value: values[key] }
    }),
    controlProblem(prompt, values),
  ].filter((problem) => problem !== null)
  return problems.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))
}

function placeOf({ file, lines }: Prompt, key: keyof PromptOverrides): Pick<Problem, 'file' | 'line'> {
  const line = lines?.[key]
  return line === undefined ? { file } : { file, line }
}

type Fault = Pick<Problem, 'message' | 'hint'>

function numberFault(key: Exclude<PlanNumber, 'seed'>, value: number): Fault | null {
  const limit = limits[key]
  if (keepsTo(limit, value)) return null
  const message = `${limit.name} must be ${ruleOf(limit)}.`
  if (limit.step !== 16) return { message }
  return { message, hint: `The nearest that the model works on: ${nearestWithin(limit, value).join(' and ')}.` }
}

function seedFault({ seed, chunkLengths }: PlanValues): Fault | null {
  const limit = { ...limits.seed, largest: limits.seed.largest - Math.max(0, chunkLengths.length - 1) }
  if (keepsTo(limit, seed)) return null
  const hint = 'Each chunk counts the seed on by one, and all must stay below 2^53 to pass through JSON unchanged.'
  return { message: `${limit.name} must be ${ruleOf(limit)}.`, hint }
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

/** Sentences about what is legal but will be regretted. */
export function planWarnings(prompt: Prompt, values: PlanValues, settings: PlanSettings): string[] {
  return [
    ...idleFlags(prompt, settings),
    idleChunkSeeds(values, settings),
    idleNegative(prompt, values),
    longChunks(prompt, values, settings),
    tail(prompt, values),
    otherRate(values),
    settings.combine === 'once' ? null : filmMemory(prompt, values),
  ].filter((warning) => warning !== null)
}

function idleNegative(prompt: Prompt, { cfg }: PlanValues): string | null {
  if (cfg !== 1 || prompt.negativePrompt === '') return null
  return 'The negative prompt has no effect at cfg 1. A cfg above 1 gives it one and doubles the time of each step.'
}

/** That the usual length is one of these is no news of this film. */
function longChunks({ overrides }: Prompt, { chunkLengths }: PlanValues, { given }: PlanSettings): string | null {
  if ((overrides.framesPerChunk ?? given.framesPerChunk) === undefined) return null
  const longest = chunkLengths[0]!
  if (longest <= NATIVE_FRAMES) return null
  return `Chunks of ${longest} frames are longer than the ${NATIVE_FRAMES} that Wan2.2 was trained on: the picture may drift from the reference.`
}

function tail(prompt: Prompt, { chunkLengths, framesPerChunk }: PlanValues): string | null {
  const [longest, shortest] = [chunkLengths[0]!, chunkLengths.at(-1)!]
  if (chunkLengths.length === 1) return null
  if (longest < framesPerChunk) {
    const stub = prompt.totalFrames - (chunkLengths.length - 1) * framesPerChunk
    const lengths = longest === shortest ? `${longest}` : `${shortest} or ${longest}`
    return `A last chunk of ${counted(stub, 'frame')} would be a stub, so the ${chunkLengths.length} chunks keep ${lengths} frames each instead of ${framesPerChunk}.`
  }
  if (shortest >= SHORTEST_TAIL || shortest === longest) return null
  return `The last chunk keeps only ${counted(shortest, 'frame')}: short chunks move unsteadily. Without a chunk length of your own the chunks are evened out.`
}

function otherRate({ fps }: PlanValues): string | null {
  if (fps === NATIVE_FPS) return null
  return `Wan2.2 moves naturally at ${NATIVE_FPS} fps; at ${fps} fps the film plays ${fps > NATIVE_FPS ? 'faster' : 'slower'} than it was made.`
}

function filmMemory(prompt: Prompt, { width, height }: PlanValues): string | null {
  // The last combine job holds the film so far, the chunk, and both joined: the film twice.
  const bytes = 2 * prompt.totalFrames * width * height * BYTES_PER_PIXEL
  if (bytes <= COMBINE_MEMORY) return null
  const gigabytes = (amount: number) => `${Math.round(amount / 1e9)} GB`
  return `Joining ${counted(prompt.totalFrames, 'frame')} of ${width}x${height} takes about ${gigabytes(bytes)} of the server's memory, more than the ${gigabytes(COMBINE_MEMORY)} that a 64 GB server has left. Split the film into several prompt files.`
}

/** What a prompt file says is of its film, and a flag of all films. */
function idleFlags({ overrides }: Prompt, settings: PlanSettings): string[] {
  return planNumbers
    .filter((key) => overrides[key] !== undefined && overrides[key] !== settings[key])
    .map((key) => ({ key, flag: settings.given[key]?.file ?? '' }))
    .filter(({ flag }) => flag.startsWith('--'))
    .map(({ key, flag }) => `${flag} ${settings[key]} has no effect: the prompt file says ${overrides[key]}.`)
}

/** Films may have different numbers of chunks, so a seed that one has no chunk for is no mistake of its own. */
function idleChunkSeeds({ chunkLengths }: PlanValues, { chunkSeeds }: PlanSettings): string | null {
  const idle = Object.entries(chunkSeeds).filter(([chunk]) => Number(chunk) > chunkLengths.length)
  if (idle.length === 0) return null
  const given = idle.map(([chunk, seed]) => `--chunk-seed ${chunk}:${seed}`).join(' and ')
  const last = chunkLengths.length === 1 ? 'the film has one chunk' : `the last chunk is ${chunkLengths.length}`
  return `${given} ${idle.length === 1 ? 'has' : 'have'} no effect: ${last}.`
}
