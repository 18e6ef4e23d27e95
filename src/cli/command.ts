import type { InferredOptionTypes, Options } from 'yargs'
import type { Output } from './output.ts'
import type { Stop } from './signals.ts'

/** What every command gets from the outside. */
export interface CommandContext extends Stop {
  readonly output: Output
  readonly environment: NodeJS.ProcessEnv
  readonly cwd: string
  /** Words of the command line. */
  readonly argv: readonly string[]
  /** Every command there is; the first one is meant when none is named. */
  readonly commands: readonly Command[]
}

/** An option of the command line, or an argument without a flag; `shows` stands for its value in the help. */
export type Option = Options & {
  readonly shows?: string
  readonly positional?: true
  readonly bare?: boolean
  /** The words that it takes, where these are few; whoever reads the value checks it. */
  readonly legal?: readonly string[]
}

/** A command: what the help says, what yargs parses, and what it does. Heavy imports belong into `run`. */
export interface Command<O extends Record<string, Option> = Record<string, Option>> {
  readonly name: string
  readonly describe: string
  readonly options: O
  /** What only the environment can set. */
  readonly variables?: ReadonlyArray<readonly [name: string, describe: string]>
  readonly examples: ReadonlyArray<readonly [command: string, describe: string]>
  /** It works until it is told to stop, which is then no cancellation. */
  readonly stopIsDone?: boolean
  /** Returns the exit code, or throws. */
  run(flags: InferredOptionTypes<O>, context: CommandContext): Promise<number>
}

/** Types the flags of `run` from the options. */
export const defineCommand = <const O extends Record<string, Option>>(command: Command<O>): Command<O> => command

/** The arguments without a flag, as usage lines write them. */
export const positionalsOf = ({ options }: Command): string[] =>
  Object.entries(options)
    .filter(([, { positional }]) => positional)
    .map(positionalText)

/** `[dir]`, or `[files..]` for any number of them. All of them may be left out. */
export const positionalText = ([name, { array }]: [string, Option]): string => `[${name}${array ? '..' : ''}]`
