import { createInterface } from 'node:readline/promises'
import { PromptRunnerError } from '../errors.ts'
import type { RunHost } from '../run/run-host.ts'
import type { CommandContext } from './command.ts'
import { commandLineOf } from './command-line.ts'
import type { Output } from './output.ts'

export interface ConfirmOptions {
  /** `--yes`: do not ask. */
  readonly yes: boolean
  readonly signal?: AbortSignal
  readonly input?: NodeJS.ReadableStream & { readonly isTTY?: boolean }
}

/** Returns when a person on the terminal, or `--yes`, agrees. Throws PR_NOT_CONFIRMED otherwise; only y and yes agree. */
export async function confirm(question: string, output: Output, options: ConfirmOptions): Promise<void> {
  if (options.yes) return
  const answer = await answerTo(question, output, options)
  if (answer === null) {
    throw new PromptRunnerError(
      'PR_NOT_CONFIRMED',
      `"${question}" cannot be asked: there is no terminal to answer on`,
      {
        hint: 'give --yes to run without asking, or --dry-run to rehearse',
      },
    )
  }
  if (isYes(answer)) return
  throw new PromptRunnerError('PR_NOT_CONFIRMED', `"${question}" was answered with "${answer.trim()}"`, {
    hint: 'nothing was started; answer y to go on',
  })
}

/** Whether a person on the terminal agrees. With `--yes`, or without a terminal, nobody is asked, and nobody does. */
export async function asks(question: string, output: Output, options: ConfirmOptions): Promise<boolean> {
  return !options.yes && isYes((await answerTo(question, output, options)) ?? '')
}

const isYes = (answer: string) => /^y(es)?$/i.test(answer.trim())

/** Null where nobody can be asked. */
async function answerTo(question: string, output: Output, options: ConfirmOptions): Promise<string | null> {
  const { signal, input = process.stdin } = options
  if (input.isTTY !== true || output.json) return null
  output.ask(`${question} [y/N] `)
  return readLine(input, signal).finally(() => output.answered())
}

/** What runs and recordings need of this program; `yes` answers all that they ask. */
export function runHost(context: CommandContext, yes: boolean): RunHost {
  const { output, signal, closing, endInOrder } = context
  return {
    output,
    signal,
    closing,
    endInOrder,
    confirm: (question) => confirm(question, output, { yes, signal }),
    ask: (question) => asks(question, output, { yes, signal: AbortSignal.any([signal, closing]) }),
    commandLine: commandLineOf({ ...context, script: process.argv[1] }),
  }
}

/** The next line; empty when the input ends first. */
async function readLine(input: NodeJS.ReadableStream, signal: AbortSignal | undefined): Promise<string> {
  const lines = createInterface({ input, ...(signal ? { signal } : {}) })
  try {
    for await (const line of lines) return line
    signal?.throwIfAborted()
    return ''
  } finally {
    lines.close()
  }
}
