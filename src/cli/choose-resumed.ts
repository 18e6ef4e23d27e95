import type { Settings } from '../config/settings-types.ts'
import { PromptRunnerError } from '../errors.ts'
import { type KnownRun, lastUnfinished } from '../run/known-runs.ts'
import { runText } from '../run/runs-text.ts'
import type { Command } from './command.ts'
import type { Output } from './output.ts'
import { parseArguments } from './parse-arguments.ts'

type Flags = Readonly<Record<string, unknown>>

/** For `--resume` without a name: the flags that the last unfinished run was started with, under those that are given now. */
export async function chosenFlags(settings: Settings, flags: Flags, command: Command, output: Output): Promise<Flags> {
  const run = lastUnfinished(settings)
  output.info(`--resume: goes on with ${runText(run)}`)
  const own = await flagsOf(run, command)
  if (own === null) output.warn(`The journal of ${run.runName} does not say with which options it was started`)
  return { ...own, ...flags, resume: run.runName, 'output-dir': run.folder }
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
