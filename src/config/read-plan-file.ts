import * as z from 'zod'
import { planParts } from '../domain/approval/plan-fact.ts'
import { digestOfPlan, PLAN_FORMAT, type SealedPlan } from '../domain/approval/plan-file.ts'
import { PromptRunnerError } from '../errors.ts'
import { readInputText, unreadable } from '../files/read-input.ts'

/** Reads what `pr plan -o` has written. Throws PR_STATE for what is not there, is none, or is not as it was written. */
export async function readPlanFile(path: string): Promise<SealedPlan> {
  const text = await readInputText(path).catch((error: Error) => {
    throw unusable(path, unreadable(error), 'write one with `pr plan -o plan.json`')
  })
  const content = parsed(path, text)
  const format = form.safeParse(content).data?.format
  if (format?.startsWith(PLANS) && format !== PLAN_FORMAT) {
    throw unusable(path, `It is "${format}", and this version reads "${PLAN_FORMAT}".`, ANEW)
  }
  if (format !== PLAN_FORMAT) throw unusable(path, 'It is no plan that pr has written.', ANEW)
  const { data, error } = planFile.safeParse(content)
  if (!data) {
    const [{ path: place } = { path: [] }] = error.issues
    throw unusable(path, `It is damaged: ${place.join('.') || 'what it holds'} is not what pr writes there.`, ANEW)
  }
  if (data.digest === digestOfPlan(content as object)) return data
  throw unusable(path, 'It is not as pr has written it: its digest is that of another content.', ANEW)
}

const PLANS = 'prompt-runner plan '
const ANEW = 'make it anew with `pr plan -o plan.json`, and change what is planned by flags and files, not in it'

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw unusable(path, `It is not JSON, or not all of it is there: ${(cause as Error).message}`, ANEW)
  }
}

function unusable(path: string, what: string, hint: string): PromptRunnerError {
  return new PromptRunnerError('PR_STATE', `the plan ${path} cannot be used. ${what}`, { hint })
}

const form = z.object({ format: z.string() })
const text = z.string()
const whole = z.int().min(1)
const digest = z.hash('sha256')

const planFile = z.object({
  format: z.literal(PLAN_FORMAT),
  options: z.array(text),
  server: z.object({ from: z.enum(['recording', 'server']), name: text }),
  facts: z.array(z.object({ part: z.enum(planParts), film: text.nullable(), name: text, value: text, digest })),
  jobs: z.array(
    z.object({
      ...{ film: text, number: whole, kind: z.enum(['high', 'low', 'combine']), chunk: whole, id: text },
      why: text.optional(),
    }),
  ),
  estimate: z.unknown(),
  digest,
}) satisfies z.ZodType<SealedPlan>
