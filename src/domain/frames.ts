/** The Wan2.2 VAE packs frames 4 to 1 after the first, so it renders 4n+1 frames and nothing else. */
const FRAME_STRIDE = 4

/** A last chunk below this is a stub: too few frames for steady motion. */
export const SHORTEST_TAIL = 33

/** The reference frame of the next chunk is taken this many frames before the end of the kept part, as in the original runner. */
const REFERENCE_LEAD = 10

/** Frames to render so that `keep` of them can be kept: the next 4n+1 at or above it. */
export function renderFrames(keep: number): number {
  return FRAME_STRIDE * Math.ceil((keep - 1) / FRAME_STRIDE) + 1
}

/**
 * Kept frames per chunk; they sum to `totalFrames`. With `evenOut` a last chunk that would be a stub shares with the others:
 * all chunks then keep the same number of frames, give or take one.
 */
export function chunkLengths(totalFrames: number, framesPerChunk: number, evenOut: boolean): number[] {
  const count = Math.ceil(totalFrames / framesPerChunk)
  const last = totalFrames - (count - 1) * framesPerChunk
  if (evenOut && last < SHORTEST_TAIL && count > 1) {
    const base = Math.floor(totalFrames / count)
    const longer = totalFrames % count
    return Array.from({ length: count }, (_, index) => (index < longer ? base + 1 : base))
  }
  return Array.from({ length: count }, (_, index) => (index === count - 1 ? last : framesPerChunk))
}

/** Frame (from 0) of a chunk's video that is handed to the next chunk as its reference image. */
export function referenceFrame(keep: number): number {
  return Math.max(0, keep - REFERENCE_LEAD)
}

/**
 * The step at which HIGH hands over to LOW: half the steps, as in the original runner. At 8 steps and shift 8 the model's own
 * boundary (0.875 of the timestep range) lies one step later; the difference is harmless.
 */
export function switchStep(steps: number): number {
  return Math.ceil(steps / 2)
}
