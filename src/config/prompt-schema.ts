import * as z from 'zod'
import { keepsTo, type Limit, limits, ruleOf } from '../domain/limits.ts'
import type { PromptOverrides } from '../domain/prompt.ts'
import { normalizeVideoName, videoNameFault } from '../domain/prompt.ts'
import { strictObject } from './schema-problems.ts'

const told = (rule: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? 'is missing.' : `must be ${rule}.`),
})
const text = z.string(told('text; put it in quotes')).transform((value) => value.trim())
const within = (limit: Limit) => {
  const rule = told(ruleOf(limit))
  return z.number(rule).refine((value) => keepsTo(limit, value), rule)
}
const number = z.number(told('a number'))
const path = z.string(told('the path of a file')).min(1, told('the path of a file'))

const videoName = z.string(told('text; put it in quotes')).transform((written, context) => {
  const name = normalizeVideoName(written)
  const fault = videoNameFault(name)
  if (fault !== null) context.addIssue({ code: 'custom', message: `${fault}.` })
  return name
})

/** The keys of a `.yaml` prompt file. What numbers can be planned with is the plan's to check, the same as for flags. */
export const promptSchema = strictObject({
  video_name: videoName,
  total_frames: within(limits.totalFrames),
  positive_prompt: text.refine((value) => value !== '', { error: 'is empty.' }),
  negative_prompt: text.default(''),
  seed: within(limits.seed).optional(),
  width: number.optional(),
  height: number.optional(),
  fps: number.optional(),
  steps: number.optional(),
  cfg: number.optional(),
  frames_per_chunk: number.optional(),
  reference_image: path.optional(),
  control_video: path.optional(),
  loras: strictObject({ high: text.optional(), low: text.optional() }).optional(),
})

/** The optional keys as the plan knows them; paths are still as written. */
export function overridesOf(given: z.infer<typeof promptSchema>): PromptOverrides {
  const { high, low } = given.loras ?? {}
  return withoutUndefined({
    seed: given.seed,
    width: given.width,
    height: given.height,
    fps: given.fps,
    steps: given.steps,
    cfg: given.cfg,
    framesPerChunk: given.frames_per_chunk,
    referenceImage: given.reference_image,
    controlVideo: given.control_video,
    loras: given.loras && withoutUndefined({ high, low }),
  })
}

function withoutUndefined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never
}
