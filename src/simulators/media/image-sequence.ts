import type { Colour } from './colour.ts'

/**
 * Frames of one size. The picture is a flat colour per segment, so that order and origin of frames can be seen by eye
 * or by ffmpeg.
 */
export interface ImageSequence {
  readonly width: number
  readonly height: number
  readonly segments: ReadonlyArray<{ readonly frames: number; readonly colour: Colour }>
}

/** Frames of all segments. */
export function frameCount(images: ImageSequence): number {
  return images.segments.reduce((sum, segment) => sum + segment.frames, 0)
}

/** Images of one colour. */
export const flatImages = (width: number, height: number, frames: number, colour: Colour): ImageSequence => ({
  width,
  height,
  segments: [{ frames, colour }],
})

/** The frames from `start` (counted from 0) on, `length` of them or as many as there are. */
export function slice(batch: ImageSequence, start: number, length: number): ImageSequence {
  let at = 0
  const segments = batch.segments.flatMap((segment) => {
    const { frames, colour } = segment
    const from = Math.max(start, at)
    const to = Math.min(start + length, at + frames)
    at += frames
    if (to - from === frames) return [segment]
    return to > from ? [{ frames: to - from, colour }] : []
  })
  return { ...batch, segments }
}

/** Frames `skip`, `skip + step`, `skip + 2 step` … */
export function everyNth(images: ImageSequence, step: number, skip: number): ImageSequence {
  if (step <= 1) return slice(images, skip, frameCount(images) - skip)
  let at = 0
  const segments = images.segments.map(({ frames, colour }) => {
    const taken = (before: number) => Math.max(0, Math.ceil((before - skip) / step))
    const share = taken(at + frames) - taken(at)
    at += frames
    return { frames: share, colour }
  })
  return { ...images, segments: segments.filter(({ frames }) => frames > 0) }
}

export interface FrameRate {
  readonly numerator: number
  readonly denominator: number
}

/** As SaveVideo of ComfyUI 0.3.64 rounds it: to thousandths, then reduced. 29.97 is 2997/100, not 30000/1001. */
export function frameRate(fps: number): FrameRate {
  const thousandths = Math.round(fps * 1000)
  const common = gcd(thousandths, 1000)
  return { numerator: thousandths / common, denominator: 1000 / common }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
