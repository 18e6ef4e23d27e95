import { SHORTEST_TAIL } from './frames.ts'
import type { PlanValues } from './plan.ts'
import type { Prompt } from './prompt.ts'

/** Wan2.2 A14B was trained at 81 frames and 16 fps. */
const NATIVE_FRAMES = 81
const NATIVE_FPS = 16

/** ComfyUI holds pictures as three float32 values a pixel. */
const BYTES_PER_PIXEL = 12

/** What a server with 64 GB has left beside the two 14B models (Q8, 15 GB each) that it keeps in memory. */
const COMBINE_MEMORY = 32e9

/** Sentences about what is legal but will be regretted. */
export function planWarnings(prompt: Prompt, values: PlanValues): string[] {
  return [
    idleNegative(prompt, values),
    longChunks(values),
    tail(prompt, values),
    otherRate(values),
    filmMemory(prompt, values),
  ].filter((warning) => warning !== null)
}

function idleNegative(prompt: Prompt, { cfg }: PlanValues): string | null {
  if (cfg !== 1 || prompt.negativePrompt === '') return null
  return 'The negative prompt has no effect at cfg 1. A cfg above 1 gives it one and doubles the time of each step.'
}

function longChunks({ chunkLengths }: PlanValues): string | null {
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
    return `A last chunk of ${stub} frames would be a stub, so the ${chunkLengths.length} chunks keep ${lengths} frames each instead of ${framesPerChunk}.`
  }
  if (shortest >= SHORTEST_TAIL || shortest === longest) return null
  return `The last chunk keeps only ${shortest} frames: short chunks move unsteadily. Without a chunk length of your own the chunks are evened out.`
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
  return `Joining ${prompt.totalFrames} frames of ${width}x${height} takes about ${gigabytes(bytes)} of the server's memory, more than the ${gigabytes(COMBINE_MEMORY)} that a 64 GB server has left. Split the film into several prompt files.`
}
