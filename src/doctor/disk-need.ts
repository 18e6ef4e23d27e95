import type { Chunk, Plan } from '../domain/plan.ts'

/** A generous rate for what ComfyUI's H.264 makes of rendered pictures. */
const BITS_PER_PIXEL = 0.3

/** Bytes of the files that a run makes: latents to the byte, videos and reference frames at the most they are likely to be. */
export function diskNeed(
  plans: readonly Plan[],
  { keepIntermediate }: { keepIntermediate: boolean },
): { readonly here: number; readonly server: number } {
  const needs = plans.map((plan) => {
    const latents = 2 * sum(plan.chunks.map((chunk) => latentBytes(plan, chunk)))
    const videos = sum(plan.chunks.map(({ renderFrames }) => videoBytes(plan, renderFrames)))
    const references = (plan.chunks.length - 1) * plan.width * plan.height * 3
    const films = plan.combineJobs.map(({ filmFrames }) => videoBytes(plan, filmFrames))
    return {
      server: latents + videos + references + sum(films),
      here: videos + references + (keepIntermediate ? latents + sum(films) : (films.at(-1) ?? 0)),
    }
  })
  return { here: sum(needs.map(({ here }) => here)), server: sum(needs.map(({ server }) => server)) }
}

/** 16 channels of float32, 8 times smaller to each side; the first frame alone, then four at a time. */
function latentBytes({ width, height }: Plan, { renderFrames }: Chunk): number {
  return 16 * (width / 8) * (height / 8) * ((renderFrames - 1) / 4 + 1) * 4
}

function videoBytes({ width, height }: Plan, frames: number): number {
  return Math.ceil((width * height * frames * BITS_PER_PIXEL) / 8)
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/** `1.2 GB`, `350 MB`: decimal, as disks and memory are sold. */
export function capacityText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`
}
