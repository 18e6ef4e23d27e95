import { existsSync } from 'node:fs'
import { journalOf, stateDirOf } from '../config/layout.ts'
import { loadSettings } from '../config/settings.ts'
import type { Settings } from '../config/settings-types.ts'
import { loadTemplates } from '../config/templates.ts'
import { identifyRun } from '../domain/ids.ts'
import { limits } from '../domain/limits.ts'
import type { Chunk, Plan } from '../domain/plan.ts'
import { deriveSeed } from '../domain/plan-values.ts'
import { PromptRunnerError } from '../errors.ts'
import { planPrompts } from '../planning/plan-prompts.ts'
import { type FoundFilm, findFilm } from '../run/find-film.ts'
import { chunkToRedo, redoText } from '../run/redo.ts'
import { run } from '../run/run.ts'
import type { CommandContext } from './command.ts'
import { commandLineOf, flagsGiven, optionsBut } from './command-line.ts'
import { commandSettings } from './command-settings.ts'
import { runCommand } from './commands/run.ts'
import { runHost } from './confirm.ts'
import { parseArguments } from './parse-arguments.ts'

/** Makes a chunk of a film again, and what depends on it, in a run of its own that takes the rest over. */
export async function redo(flags: Readonly<Record<string, unknown>>, context: CommandContext): Promise<number> {
  const { name, chunk: wanted, seed, ...given } = flags
  const number = numberOf(name, wanted)
  const { settings: asked } = await commandSettings(given, context, { rehearses: true })
  const film = findFilm(asked, String(name))
  const words = wordsOf(film, context.argv)
  const before = await planned(words, context)
  const chunk = chunkToRedo(film, before.plan, number, resumeCommand(film, context))
  const withSeed = (text: string) => planned([...words, '--chunk-seed', `${number}:${text}`], context)
  const next =
    seed === undefined ? await otherSeed(chunk, withSeed, asked) : await newSeed(String(seed), withSeed, film, asked)
  context.output.info(redoText(film, chunk, next.plan))
  const host = runHost({ ...context, argv: next.words }, next.settings.run.yes)
  return run(next.settings, host, { takes: film.state })
}

function numberOf(name: unknown, chunk: unknown): number {
  const number = /^\d{1,7}$/.test(String(chunk)) ? Number(chunk) : 0
  if (number > 0) return number
  const message = `pr redo needs ${name === undefined ? 'a film and ' : ''}the number of a chunk`
  throw new PromptRunnerError('PR_USAGE', message, { hint: '`pr redo NAME CHUNK [--seed N]`' })
}

/** The command line that makes the film as it was made, with what is given now in the place of what was given then. */
function wordsOf({ run: { options }, promptFile }: FoundFilm, argv: readonly string[]): string[] {
  const now = optionsBut(argv, new Set(['seed']))
  const then = optionsBut(options ?? [], new Set([...flagsGiven(now), 'prompt-file', 'prompt-dir']))
  return [...then, ...now, '--prompt-file', promptFile]
}

interface PlannedWords {
  readonly words: readonly string[]
  readonly settings: Settings
  readonly plan: Plan
}

async function planned(words: readonly string[], { environment, cwd }: CommandContext): Promise<PlannedWords> {
  const { flags } = await parseArguments(words, [runCommand])
  const { settings } = await loadSettings(flags, environment, cwd)
  const [plan] = await planPrompts(settings, await loadTemplates(settings.workflows))
  return { words, settings, plan: plan! }
}

/** The first seed that no run of the output directory has tried for this chunk: the same in a rehearsal and in what it rehearses. */
async function otherSeed(
  { seed }: Chunk,
  withSeed: (text: string) => Promise<PlannedWords>,
  settings: Settings,
): Promise<PlannedWords> {
  for (let count = 1; ; count += 1) {
    const next = await withSeed(String(deriveSeed(JSON.stringify(['another seed', seed, count]))))
    if (knownRun(next, settings) === null) return next
  }
}

/** The seed that was asked for, unless the film was made with it: that would pay for the same film. */
async function newSeed(
  seed: string,
  withSeed: (text: string) => Promise<PlannedWords>,
  { videoName, run: { runName: own } }: FoundFilm,
  asked: Settings,
): Promise<PlannedWords> {
  const { smallest, largest } = limits.seed
  if (!/^\d+$/.test(seed) || Number(seed) > largest) {
    const message = `--seed must be a whole number from ${smallest} to ${largest}, and is ${seed}`
    throw new PromptRunnerError('PR_USAGE', message)
  }
  const next = await withSeed(seed)
  // The film's own run lies elsewhere when it was a rehearsal.
  const runName = runNameOf(next) === own ? own : knownRun(next, asked)
  if (runName === null) return next
  const message = `${videoName} was made with this seed before, by ${runName}: the same film would come of it`
  throw new PromptRunnerError('PR_USAGE', message, {
    hint: `give another --seed, or none; \`pr runs\` tells what became of ${runName}`,
  })
}

/** The run of the output directory that has done just this; null: none has. */
function knownRun(next: PlannedWords, { run: { outputDir } }: Settings): string | null {
  const runName = runNameOf(next)
  return existsSync(journalOf(stateDirOf(outputDir), runName)) ? runName : null
}

function runNameOf({ plan }: PlannedWords): string {
  return identifyRun([plan], () => false).runName
}

function resumeCommand({ run: { options, runName, dryRun, folder } }: FoundFilm, context: CommandContext): string {
  const { resume } = commandLineOf({ ...context, argv: options ?? [], script: process.argv[1] })
  return resume(runName, { dryRun, outputDir: folder })
}
