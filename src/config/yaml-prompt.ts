import { dirname, isAbsolute, join } from 'node:path'
import * as z from 'zod'
import { keepsTo, type Limit, limits, ruleOf } from '../domain/limits.ts'
import { normalizeVideoName, type Prompt, type PromptOverrides, videoNameFault } from '../domain/prompt.ts'
import type { ParsedPrompt } from '../domain/prompt-file.ts'
import { snakeCase } from '../domain/wording.ts'
import { inputFault, NO_SUCH_FILE } from '../files/read-input.ts'
import { readYaml, schemaProblems, strictObject } from './yaml-document.ts'

/** Reads a `.yaml` prompt file and looks for the files that it names. Never throws: everything wrong is a problem with its line. */
export async function readYamlPrompt(file: string, text: string): Promise<ParsedPrompt> {
  const document = readYaml(file, text, Object.keys(promptSchema.shape))
  if (document.problems.length > 0) return { prompt: null, problems: document.problems }
  const read = promptSchema.safeParse(document.value)
  if (!read.success) return { prompt: null, problems: schemaProblems(file, document, read.error) }
  const { video_name, total_frames, positive_prompt, negative_prompt } = read.data
  const overrides = overridesOf(read.data)
  const missing = await Promise.all(
    (['reference_image', 'control_video'] as const).map(async (key) => {
      const written = read.data[key]
      const fault = written === undefined ? null : await inputFault(beside(file, written))
      if (written === undefined || fault === null) return null
      const hint = `Paths are relative to the prompt file; looked for ${beside(file, written)}.`
      const what = fault === NO_SUCH_FILE ? 'that does not exist' : `that cannot be read: ${fault}`
      return { file, line: document.lineOf([key]), message: `${key} names a file ${what}.`, value: written, hint }
    }),
  )
  const problems = missing.filter((problem) => problem !== null)
  if (problems.length > 0) return { prompt: null, problems }
  const { referenceImage, controlVideo } = overrides
  const prompt: Prompt = {
    file,
    videoName: video_name,
    totalFrames: total_frames,
    positivePrompt: positive_prompt,
    negativePrompt: negative_prompt,
    overrides: {
      ...overrides,
      ...(referenceImage !== undefined && { referenceImage: beside(file, referenceImage) }),
      ...(controlVideo !== undefined && { controlVideo: beside(file, controlVideo) }),
    },
    lines: Object.fromEntries(Object.keys(overrides).map((key) => [key, document.lineOf([snakeCase(key)])])),
  }
  return { prompt, problems: [] }
}

/** A path as written in a prompt file, seen from the working directory. */
function beside(file: string, written: string): string {
  return isAbsolute(written) ? written : join(dirname(file), written)
}

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
function overridesOf(given: z.infer<typeof promptSchema>): PromptOverrides {
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
