import type { Plan } from './plan.ts'

/** Frames of joined chunks that are no part of the film, counted from 0 over all of them; `to` is the last one. */
export interface CutFrames {
  readonly from: number
  readonly to: number
}

/** What has to be cut from the chunks of a film when they are joined as they were rendered. */
export function cutFrames({ chunks }: Pick<Plan, 'chunks'>): CutFrames[] {
  let start = 0
  return chunks.flatMap(({ keepFrames, renderFrames }) => {
    const from = start + keepFrames
    start += renderFrames
    return keepFrames < renderFrames ? [{ from, to: start - 1 }] : []
  })
}
