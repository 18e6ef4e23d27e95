import { copyFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Templates } from '../../domain/bindings.ts'
import { jobIdsWith } from '../../domain/ids.ts'
import { makePlan } from '../../domain/make-plan.ts'
import { isJoinedHere, jobsOf, type ModelNames, type Plan } from '../../domain/plan.ts'
import type { PlanSettings } from '../../domain/plan-values.ts'
import type { Prompt } from '../../domain/prompt.ts'
import { PromptRunnerError } from '../../errors.ts'
import { inputDigests } from '../../planning/plan-prompts.ts'

/** Whether jobs of a plan made from a prompt file are those of the plan that the prompt file was made from. */
export interface WrittenPrompt {
  /** Path below the folder. */
  readonly file: string
  readonly isSame: boolean
}

/**
 * Writes the prompt file that gives a plan into `folder`, with the user's files that it names. The settings of the plan stand in it;
 * models and seeds of chunks are flags, see `flagsOfPlans`. Throws PR_FILE.
 */
export async function writePromptOf(
  plan: Plan,
  options: { folder: string; number: number; templates: Templates | null; redact: (text: string) => string },
): Promise<WrittenPrompt> {
  const { folder, number, templates, redact } = options
  const file = join('prompt_files', `${String(number).padStart(3, '0')}.yaml`)
  const kept = (path: string | null, name: string) =>
    path === null ? null : keptFile(path, join(folder, 'prompt_files'), `${number}_${name}`)
  const [image, video] = [kept(plan.referenceImage, 'reference'), kept(plan.controlVideo, 'control')]
  const asked = [undefined, plan.chunks[0]?.keepFrames, plan.framesPerChunk]
  let found: number | undefined
  let isSame = false
  for (const framesPerChunk of asked) {
    found = framesPerChunk
    isSame = await givesSame(plan, framesPerChunk, templates)
    if (isSame) break
  }
  const values = {
    video_name: plan.videoName,
    total_frames: plan.totalFrames,
    positive_prompt: redact(plan.positivePrompt),
    negative_prompt: redact(plan.negativePrompt),
    seed: plan.seed,
    width: plan.width,
    height: plan.height,
    fps: plan.fps,
    steps: plan.steps,
    cfg: plan.cfg,
    ...(found !== undefined && { frames_per_chunk: found }),
    ...(image && { reference_image: image }),
    ...(video && { control_video: video }),
    loras: { high: plan.models.highLora, low: plan.models.lowLora },
  }
  // JSON is YAML; a prompt of one line each is read by people, too.
  const lines = Object.entries(values).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
  writeFileSync(join(folder, file), lines.join(''))
  return {
    file,
    isSame: isSame && values.positive_prompt === plan.positivePrompt && values.negative_prompt === plan.negativePrompt,
  }
}

/** Flags that say of plans what no prompt file does. */
export function flagsOfPlans(plans: readonly Plan[]): Record<string, string | readonly string[]> {
  const [first] = plans
  if (!first) return {}
  const { highModel, lowModel, textEncoder, vae }: ModelNames = first.models
  const seeds = first.chunks.flatMap(({ number, seed }) =>
    seed === first.seed + number - 1 ? [] : [`${number}:${seed}`],
  )
  return {
    ...(isJoinedHere(first) && { combine: 'once' }),
    ...{ 'high-model': highModel, 'low-model': lowModel, 'text-encoder': textEncoder, vae },
    ...(seeds.length > 0 && { 'chunk-seed': seeds }),
  }
}

async function givesSame(
  plan: Plan,
  framesPerChunk: number | undefined,
  templates: Templates | null,
): Promise<boolean> {
  const { referenceImage, controlVideo } = plan
  const prompt: Prompt = {
    file: plan.promptFile,
    ...{ videoName: plan.videoName, totalFrames: plan.totalFrames },
    ...{ positivePrompt: plan.positivePrompt, negativePrompt: plan.negativePrompt },
    overrides: {
      ...(framesPerChunk !== undefined && { framesPerChunk }),
      ...(referenceImage !== null && { referenceImage }),
      ...(controlVideo !== null && { controlVideo }),
    },
  }
  const chunkSeeds = Object.fromEntries(plan.chunks.map(({ number, seed }) => [number, seed]))
  const { width, height, fps, steps, cfg, seed, models } = plan
  const settings: PlanSettings = {
    ...{ width, height, fps, steps, cfg, seed, models, chunkSeeds },
    framesPerChunk: 101,
    combine: isJoinedHere(plan) ? 'once' : 'chain',
    given: {},
  }
  try {
    const made = makePlan(prompt, settings, jobIdsWith(await inputDigests(prompt, templates)))
    const ids = jobsOf(made).map(({ jobId }) => jobId)
    const wanted = jobsOf(plan)
    return ids.length === wanted.length && wanted.every(({ jobId }, at) => jobId === ids[at])
  } catch (error) {
    if (error instanceof PromptRunnerError) return false
    throw error
  }
}

/** Copies a file of the user's beside the prompt file. Throws PR_FILE. */
function keptFile(path: string, folder: string, prefix: string): string {
  const name = `${prefix}_${basename(path).replaceAll(/[^\w.-]/g, '_')}`
  try {
    copyFileSync(path, join(folder, name))
  } catch (cause) {
    throw new PromptRunnerError(
      'PR_FILE',
      `copying ${path}, which the run was made from, failed: ${(cause as Error).message}`,
      {
        hint: 'put the file back where the run had it, then record it again',
        cause,
      },
    )
  }
  return name
}
