import type { Problem } from '../errors.ts'
import { keepsTo, LONGEST_CUT, limits, nearestWithin, type PlanNumber, planNumbers, ruleOf } from './limits.ts'
import type { PlanSettings, PlanValues } from './plan.ts'
import type { Prompt, PromptOverrides } from './prompt.ts'

/** The last frame of a batch at which ComfyUI's frame picker can start. */
const LAST_CONTROL_START = LONGEST_CUT - 1

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
