import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { parsePrompts, unreadablePrompts } from '../config/read-prompts.ts'
import type { Settings } from '../config/settings-types.ts'
import { allOf } from '../domain/all-of.ts'
import type { Templates } from '../domain/bindings.ts'
import { type InputDigests, type JobKind, jobIdsWith } from '../domain/ids.ts'
import { makePlan } from '../domain/make-plan.ts'
import type { Plan } from '../domain/plan.ts'
import type { Prompt } from '../domain/prompt.ts'
import { counted } from '../domain/wording.ts'
import { type Problem, PromptRunnerError } from '../errors.ts'
import { problemsOf } from './check-plans.ts'

/**
 * Reads and plans every prompt file. Throws one error with every problem of every file, in the order of the files: PR_PROMPT_FILE
 * when one cannot be read, else PR_PLAN. Of all videos together only the first `mostChunks` chunks are planned.
 */
export async function planPrompts(
  settings: Settings,
  templates: Templates,
  mostChunks = Number.POSITIVE_INFINITY,
): Promise<Plan[]> {
  const { prompts, problems, files } = await parsePrompts(settings.prompts)
  const own = settings.workflows === null ? null : templates
  const plans: Plan[] = []
  let left = mostChunks
  const failures: PromptRunnerError[] = []
  const problemsOfPlans: Problem[] = []
  for (const prompt of prompts) {
    try {
      const jobId = jobIdsWith(await inputDigests(prompt, own))
      const plan = makePlan(prompt, settings.plan, jobId)
      if (left > 0)
        plans.push(plan.chunks.length <= left ? plan : makePlan(beginningOf(prompt, plan, left), settings.plan, jobId))
      left -= plan.chunks.length
    } catch (error) {
      if (!(error instanceof PromptRunnerError)) throw error
      failures.push(error)
      problemsOfPlans.push(...problemsOf(error, prompt.file))
    }
  }
  if (problems.length > 0) throw unreadablePrompts(files, [...problems, ...problemsOfPlans])
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) {
    throw new PromptRunnerError('PR_PLAN', `No plan can be made for ${counted(failures.length, 'video')}.`, {
      problems: problemsOfPlans,
    })
  }
  return plans
}

/** The same film, which ends after so many of its chunks. */
function beginningOf(prompt: Prompt, { chunks, framesPerChunk, seed }: Plan, most: number): Prompt {
  const totalFrames = chunks.slice(0, most).reduce((sum, { keepFrames }) => sum + keepFrames, 0)
  return { ...prompt, totalFrames, overrides: { ...prompt.overrides, framesPerChunk, seed } }
}

/**
 * SHA-256 of what decides the jobs of a video besides its prompt and settings: the user's own templates (null: the shipped ones), and
 * for render jobs the reference image and the control video. Throws PR_FILE.
 */
export async function inputDigests({ overrides }: Prompt, templates: Templates | null): Promise<InputDigests> {
  const { referenceImage, controlVideo } = overrides
  const [image, video] = await allOf([fileDigest(referenceImage), fileDigest(controlVideo)])
  const own = (kind: JobKind) => templates && [templates[kind], templates.bindings[kind]]
  return { render: digestOf([own('render'), image, video]), combine: digestOf([own('combine')]) }
}

function digestOf(parts: readonly unknown[]): string | null {
  if (parts.every((part) => part === null)) return null
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** SHA-256 of a file in hex; null for none. Throws PR_FILE. */
export async function fileDigest(path: string | undefined): Promise<string | null> {
  if (path === undefined) return null
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (cause) {
    throw new PromptRunnerError('PR_FILE', `Reading ${path} failed: ${(cause as Error).message}`, { cause })
  }
  return hash.digest('hex')
}
