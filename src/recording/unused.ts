import { quoted } from '../domain/shell-word.ts'
import { counted } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import type { LoadedEntry } from './loaded-entry.ts'
import { usesOf } from './server-facts.ts'

/**
 * Recorded prompts that a run learned nothing from: none of their classes ran. What a simulated server knows comes from all
 * prompts of a recording together, so a prompt counts as used when any of its nodes had a use.
 */
export function unusedPrompts(entries: readonly LoadedEntry[], ran: ReadonlySet<string>): UnusedPrompt[] {
  const prompts = Map.groupBy(usesOf(entries), ({ prompt }) => prompt)
  return Array.from(prompts, ([prompt, uses]) => ({
    prompt,
    classes: [...new Set(uses.map(({ classType }) => classType))].toSorted(),
  })).filter(({ classes }) => !classes.some((name) => ran.has(name)))
}

export interface UnusedPrompt {
  /** Counted from 1, in the order of the recording. */
  readonly prompt: number
  readonly classes: readonly string[]
}

/** For --strict; `film` is the prompt file of what ran. */
export function unusedRecording(name: string, unused: readonly UnusedPrompt[], film: string): PromptRunnerError {
  return new PromptRunnerError(
    'PR_UNUSED_RECORDING',
    `${counted(unused.length, 'recorded prompt')} of ${name} stayed unused`,
    {
      hint: `take a recording of what this run does with \`pr record --prompt-file ${quoted(film)} --name mine\`, or leave --strict out`,
      problems: unused.map(({ prompt, classes }) => ({
        file: `prompt ${prompt}`,
        message: `nothing ran of ${classes.join(', ')}`,
      })),
    },
  )
}
