import yargs, { type Argv } from 'yargs'
import { PromptRunnerError } from '../errors.ts'
import { type Command, positionalsOf } from './command.ts'
import { refuseArguments } from './refuse-arguments.ts'

/** The values of a command's options and positionals, in kebab case. */
type Flags = Readonly<Record<string, unknown>>

/** Finds the command and its flags; the first command is the default one. Throws PR_USAGE. */
export async function parseArguments(
  argv: readonly string[],
  commands: readonly Command[],
): Promise<{ command: Command; flags: Flags }> {
  let found: { command: Command; flags: Flags } | null = null
  let parser = yargs()
    .scriptName('pr')
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .parserConfiguration({
      // A flag means what it says: no negation by prefix, no second spelling, no values split at dots or swallowed in rows.
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'populate--': true,
      'short-option-groups': false,
    })
    .fail((message, error) => {
      throw error ?? new PromptRunnerError('PR_USAGE', message, { hint: 'see `pr --help`' })
    })
  for (const command of commands) {
    const names = [command.name, ...(command === commands[0] ? ['$0'] : [])]
    parser = parser.command({
      command: names.map((name) => [name, ...positionalsOf(command)].join(' ')),
      builder: (builder) =>
        // Strict mode refuses what is not known in yargs' own words; what is not known must not reach yargs' checks.
        declare(builder, command).middleware(({ _, '--': literal = [], $0, ...flags }) => {
          const [first, ...rest] = [..._, ...(literal as string[])].map(String)
          const words = first === undefined || first === command.name ? rest : [first, ...rest]
          refuseArguments({ argv, command, commands, flags, words })
        }, true),
      handler: ({ _, '--': literal, $0, ...flags }) => {
        found = { command, flags: complete(flags, command) }
      },
    })
  }
  await parser.parseAsync([...argv])
  return found!
}

/** Lists and defaults are ours: yargs drops a flag without a value where it may be repeated, or has a default. */
function declare(builder: Argv, { options }: Command): Argv {
  for (const [
    name,
    { positional, shows: _, bare: __, legal: ___, array, default: fallback, ...option },
  ] of Object.entries(options)) {
    // yargs takes an undefined default of a list for one element.
    if (positional) builder.positional(name, { type: 'string', array, ...(fallback && { default: fallback }) })
    else builder.option(name, option)
  }
  return builder
}

function complete(flags: Flags, { options }: Command): Flags {
  const all: Record<string, unknown> = { ...flags }
  for (const [name, { array, default: fallback }] of Object.entries(options)) {
    const value = flags[name] ?? fallback
    if (value !== undefined) all[name] = array ? [value].flat() : value
  }
  return all
}
