import { flagOf } from '../config/setting.ts'
import { settingRows } from '../config/setting-table.ts'
import { nearest } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { type Command, positionalText } from './command.ts'

/** A command line as it was typed, and what was found in it. */
interface Arguments {
  readonly argv: readonly string[]
  readonly command: Command
  readonly commands: readonly Command[]
  /** Known ones and others. */
  readonly flags: Readonly<Record<string, unknown>>
  /** What is neither the command, nor a flag or its value, nor a positional. */
  readonly words: readonly string[]
}

/** Throws PR_USAGE for a switch with a value, a flag without one, or what the command does not know, and says what was meant. */
export function refuseArguments(given: Arguments): void {
  refuseOddSwitches(given)
  refuseMissingValues(given)
  refuseRepeated(given)
  refuseUnknown(given)
}

/** yargs takes every value of a switch but `true` for false, so `--dry-run=yes` would start a live run. */
function refuseOddSwitches({ argv, command }: Arguments): void {
  for (const argument of argv) {
    const [flag = '', value] = argument.split(/=(.*)/s)
    const isSwitch = command.options[flag.slice(2)]?.type === 'boolean' && flag.startsWith('--')
    if (!isSwitch || value === undefined || ['true', 'false'].includes(value)) continue
    throw usage(
      `${flag} is a switch, it cannot be "${value}"`,
      `write ${flag}, or ${flag}=false to overrule the environment and the configuration file`,
    )
  }
}

/** A flag of text without a value is empty text, which may also be given: `--seed ''`. Settings tell of that themselves. */
function refuseMissingValues({ argv, command, flags }: Arguments): void {
  for (const [name, { type, positional, bare, alias }] of Object.entries(command.options)) {
    if (type !== 'string' || ![flags[name]].flat().includes('')) continue
    if (positional) throw usage(`${positionalText([name, {}])} is empty`, `see \`pr ${command.name} --help\``)
    const isEmpty = (at: number) => argv[at + 1] === ''
    // Most likely a variable of a script that is not set.
    if (bare && argv.some((argument, at) => argument === `--${name}=` || (argument === `--${name}` && isEmpty(at))))
      throw usage(`--${name} has an empty value`, `write --${name} VALUE, or --${name} alone`)
    if (bare) continue
    const typed = argv.find((argument, at) => [`--${name}`, `-${alias}`].includes(argument) && !isEmpty(at))
    if (typed !== undefined) throw usage(`${typed} needs a value`, `write ${typed} VALUE`)
    const shown = alias && argv.some((argument) => argument.startsWith(`-${alias}`)) ? `-${alias}` : `--${name}`
    if (!settingFlags.has(name)) throw usage(`${shown} has an empty value`, `write ${shown} VALUE, or leave it out`)
  }
}

/** Two values arrive as a list, which a command would take for none. Settings tell of theirs together with all else that is wrong. */
function refuseRepeated({ command, flags }: Arguments): void {
  for (const [name, { type, array, alias }] of Object.entries(command.options)) {
    if (type !== 'string' || array || settingFlags.has(name) || !Array.isArray(flags[name])) continue
    throw usage(`${alias ? `-${alias}` : `--${name}`} must be given once`, 'leave all but one out')
  }
}

const settingFlags = new Set(settingRows.map(([name, row]) => flagOf(name, row)))

function refuseUnknown(given: Arguments): void {
  const { command, flags, words } = given
  const short = new Set(Object.values(command.options).map(({ alias }) => alias))
  const unknown = Object.keys(flags).filter((name) => !Object.hasOwn(command.options, name) && !short.has(name))
  const count = unknown.length + words.length
  if (count === 0) return
  const hints = [...unknown.map((name) => flagHint(name, given)), ...words.map((word) => wordHint(word, given))]
  const shown = [...unknown.map((name) => typed(name, given)), ...words].join(', ')
  const kind = words.length === 0 ? 'option' : 'argument'
  const known = [...new Set(hints.filter((hint) => hint !== null))].join(', ')
  throw usage(`unknown ${kind}${count === 1 ? '' : 's'}: ${shown}`, known || `see ${helpOf(given)}`)
}

function flagHint(name: string, { command }: Arguments): string | null {
  const negated = name.startsWith('no-') ? name.slice('no-'.length) : ''
  if (command.options[negated]?.type === 'boolean') return `write --${negated}=false`
  const guess = nearest(name, Object.keys(command.options))
  return guess && name.length > 2 ? `did you mean --${guess}?` : null
}

function wordHint(word: string, { commands }: Arguments): string | null {
  const names = commands.map(({ name }) => name)
  const guess = nearest(word, names)
  if (guess) return `did you mean \`pr ${guess}\`?`
  return /\.(txt|ya?ml)$/.test(word) ? `prompt files are given as --prompt-file ${word}` : null
}

/** The default command is explained by the program's own help. */
function helpOf({ argv, command }: Arguments): string {
  return command.name === argv[0] ? `\`pr ${command.name} --help\`` : '`pr --help`'
}

/** A flag with its dashes. */
function typed(name: string, { argv }: Arguments): string {
  const flags = argv.map((argument) => argument.split('=')[0]!)
  return flags.find((flag) => flag.startsWith('-') && flag.replace(/^-+/, '') === name) ?? `--${name}`
}

const usage = (sentence: string, hint: string) => new PromptRunnerError('PR_USAGE', sentence, { hint })
