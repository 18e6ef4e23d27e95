import type { ApprovedPlan } from '../domain/approval/plan-file.ts'
import { PromptRunnerError } from '../errors.ts'
import type { Command, CommandContext } from './command.ts'
import { flagsGiven, optionsBut } from './command-line.ts'
import { parseArguments } from './parse-arguments.ts'

/** A command line with a plan file in it, as it is without: its options are under those that are given now. */
export interface PlanWords {
  readonly flags: Readonly<Record<string, unknown>>
  readonly context: CommandContext
  /** null: none was given. */
  readonly approved: ApprovedPlan | null
}

/** Takes `--plan FILE` apart. Throws PR_STATE for a file that cannot be used. */
export async function planWords(
  { plan: path, ...flags }: Readonly<Record<string, unknown>>,
  context: CommandContext,
  command: Command,
): Promise<PlanWords> {
  if (typeof path !== 'string') return { flags, context, approved: null }
  const { readPlanFile } = await import('../config/read-plan-file.ts')
  const plan = await readPlanFile(path)
  const given = flagsGiven(context.argv)
  // Files that are given now are instead of a folder that was given then.
  if (given.has('prompt-file') || given.has('prompt-dir')) given.add('prompt-file').add('prompt-dir')
  const then = optionsBut(plan.options, given)
  const argv = [...then, ...optionsBut(context.argv, new Set())]
  return {
    flags: { ...(await flagsOf(path, then, command)), ...flags },
    context: { ...context, argv: [command.name, ...argv] },
    approved: { path, plan },
  }
}

/** Throws what came of reading the settings of such a line; where it is what the plan itself names that has moved, as PR_STATE. */
export async function refuseWords(
  error: unknown,
  approved: ApprovedPlan | null,
  argv: readonly string[],
): Promise<never> {
  const { staleSettings } = await import('../run/approval/plan-approved.ts')
  throw staleSettings(error, approved, flagsGiven(argv))
}

async function flagsOf(path: string, words: readonly string[], command: Command): Promise<PlanWords['flags']> {
  try {
    return (await parseArguments(words, [command])).flags
  } catch (cause) {
    const message = `the options in the plan ${path} are none: ${(cause as Error).message}`
    throw new PromptRunnerError('PR_STATE', message, { hint: 'make it anew with `pr plan -o plan.json`', cause })
  }
}
