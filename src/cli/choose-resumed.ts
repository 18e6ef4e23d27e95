import type { Settings } from '../config/settings-types.ts'
import { PromptRunnerError } from '../errors.ts'
import { type KnownRun, lastUnfinished } from '../run/known-runs.ts'
import { runText } from '../run/runs-text.ts'
import type { Command, CommandContext } from './command.ts'
import { flagsGiven, optionsBut } from './command-line.ts'
import { parseArguments } from './parse-arguments.ts'

type Flags = Readonly<Record<string, unknown>>

/** What a command line is with the options of an earlier one under its own. */
export interface ChosenWords {
  readonly flags: Flags
  /** For the journal and for those who go on with the run once more. */
  readonly context: CommandContext
}

/** For `--resume` without a name: the options that the last unfinished run was started with, under those that are given now. */
export async function chosenWords(
  settings: Settings,
  flags: Flags,
  command: Command,
  context: CommandContext,
): Promise<ChosenWords> {
  const { output, argv } = context
  const run = lastUnfinished(settings)
  output.info(`--resume: goes on with ${runText(run)}`)
  const own = await flagsOf(run, command)
  if (own === null) output.warn(`The journal of ${run.runName} does not say with which options it was started`)
  const now = optionsBut(argv, new Set())
  const then = optionsBut(run.options ?? [], flagsGiven(now))
  return {
    flags: { ...own, ...flags, resume: run.runName, 'output-dir': run.folder },
    context: { ...context, argv: [command.name, ...then, ...now] },
  }
}

/** The flags that a run was started with; null: its journal does not say. Throws PR_STATE for what are none. */
export async function flagsOf({ options, journal }: KnownRun, command: Command): Promise<Flags | null> {
  if (options === null) return null
  try {
    return (await parseArguments(options, [command])).flags
  } catch (cause) {
    throw new PromptRunnerError('PR_STATE', `The options in ${journal} are none: ${(cause as Error).message}`, {
      hint: 'The file was edited, or another version wrote it. Give --resume the name of the run, and all options that it had.',
      cause,
    })
  }
}
