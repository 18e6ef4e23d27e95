import yargs from 'yargs'
import { nearest } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { type Command, positionalsOf } from './command.ts'
import { commandNamed } from './commands.ts'

export interface ParsedArguments {
  readonly command: Command
  /** In kebab case, positionals among them. */
  readonly flags: Record<string, unknown>
}

/** Finds the command and its flags; the first command is the default one. Throws PR_USAGE. */
export async function parseArguments(argv: readonly string[], commands: readonly Command[]): Promise<ParsedArguments> {
  let parsed: ParsedArguments | null = null
  let parser = yargs()
    .scriptName('pr')
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .strict()
    .parserConfiguration({
      // A flag means what it says: no negation by prefix, no second spelling, no values split at dots or swallowed in rows.
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'short-option-groups': false,
    })
    .fail((message, error) => {
      throw usageError(message || error.message, argv, commands)
    })
  for (const command of commands) {
    const names = [command.name, ...(command === commands[0] ? ['$0'] : [])]
    parser = parser.command({
      command: names.map((name) => [name, ...positionalsOf(command)].join(' ')),
      builder: (builder) => {
        for (const [name, { positional, shows: _, ...option }] of Object.entries(command.options)) {
          const { array, default: fallback } = option
          // yargs takes an undefined default of a list for one element.
          if (positional) builder.positional(name, { type: 'string', array, ...(fallback && { default: fallback }) })
          else builder.option(name, option)
        }
        return builder
      },
      handler: ({ _, $0, ...flags }) => {
        parsed = { command, flags }
      },
    })
  }
  refuseOddSwitches(argv, commands)
  await parser.parseAsync([...argv])
  return parsed!
}

/** yargs takes every value of a switch but `true` for false, so `--dry-run=yes` would start a live run. */
function refuseOddSwitches(argv: readonly string[], commands: readonly Command[]): void {
  const switches = Object.entries(commandNamed(argv, commands).options).filter(([, { type }]) => type === 'boolean')
  for (const argument of argv) {
    const [flag = '', value] = argument.split(/=(.*)/s)
    if (value === undefined || ['true', 'false'].includes(value) || !switches.some(([name]) => flag === `--${name}`))
      continue
    throw new PromptRunnerError('PR_USAGE', `${flag} is a switch, it cannot be "${value}"`, {
      hint: `write ${flag}, or ${flag}=false to overrule the environment and the configuration file`,
    })
  }
}

/** yargs' few messages in our words. Its texts are part of its `en` locale. */
function usageError(message: string, argv: readonly string[], commands: readonly Command[]): PromptRunnerError {
  const usage = (sentence: string, hint: string) => new PromptRunnerError('PR_USAGE', sentence, { hint })
  const missing = /^Not enough arguments following: (.+)$/.exec(message)?.[1]
  if (missing !== undefined) return usage(`--${missing} needs a value`, `write --${missing} VALUE`)
  const unknown = /^Unknown (?:argument|command)s?: (.+)$/.exec(message)?.[1]?.split(', ')
  const help = `see ${helpOf(argv, commands)}`
  if (unknown === undefined) return usage(message, help)
  const hints = unknown.map((word) => unknownHint(word, argv, commands)).filter((hint) => hint !== null)
  const shown = unknown.map((word) => (isFlag(word, argv) ? flagText(word) : word)).join(', ')
  const kind = unknown.every((word) => isFlag(word, argv)) ? 'option' : 'argument'
  return usage(`unknown ${kind}${unknown.length === 1 ? '' : 's'}: ${shown}`, [...new Set(hints)].join(', ') || help)
}

/** The default command is explained by the program's own help. */
function helpOf(argv: readonly string[], commands: readonly Command[]): string {
  const { name } = commandNamed(argv, commands)
  return name === argv[0] ? `pr ${name} --help` : 'pr --help'
}

function unknownHint(word: string, argv: readonly string[], commands: readonly Command[]): string | null {
  const options = Object.entries(commandNamed(argv, commands).options)
  if (!isFlag(word, argv)) {
    const guess = nearest(
      word,
      commands.map(({ name }) => name),
    )
    if (guess) return `did you mean pr ${guess}?`
    return /\.(txt|ya?ml)$/.test(word) ? `prompt files are given as --prompt-file ${word}` : null
  }
  const negated = options.find(([name, { type }]) => word === `no-${name}` && type === 'boolean')?.[0]
  if (negated !== undefined) return `write --${negated}=false`
  const guess = nearest(
    word,
    options.map(([name]) => name),
  )
  return guess && word.length > 1 ? `did you mean --${guess}?` : null
}

const flagText = (word: string): string => (word.length === 1 ? `-${word}` : `--${word}`)

const isFlag = (word: string, argv: readonly string[]): boolean =>
  argv.some((argument) => argument.split('=')[0] === flagText(word))
