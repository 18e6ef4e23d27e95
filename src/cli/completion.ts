import type { Command, Option } from './command.ts'
import { type CompletedValues, valuesOfArguments, valuesOfFlag } from './completed-values.ts'

/** Shells that complete commands, flags and their values. */
export const shells = ['bash', 'zsh', 'fish'] as const

/** A script that teaches a shell the commands; the first of them is meant where none is named. */
export function completionScript(shell: (typeof shells)[number], commands: readonly Command[]): string {
  if (shell === 'fish') return fishScript(commands)
  const bash = bashScript(commands)
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`
}

const programs = ['pr', 'prompt-runner']
const common: ReadonlyArray<readonly [string, Option]> = [
  ['help', { type: 'boolean', describe: 'show the help' }],
  ['version', { type: 'boolean', describe: 'show the version' }],
]

const flagsOf = ({ options }: Command): Array<readonly [string, Option]> => [
  ...Object.entries(options).filter(([, { positional }]) => !positional),
  ...common,
]

function bashScript(commands: readonly Command[]): string {
  const flagsIn = (command: Command) => flagsOf(command).map(([flag]) => `--${flag}`)
  const flags = commands.map((command) => `${command.name}) words='${flagsIn(command).join(' ')}' ;;`)
  // A flag means the same for every command.
  const valued = new Map(
    commands.flatMap(flagsOf).flatMap(([flag, option]) => {
      const values = valuesOfFlag(flag, option)
      return values ? [[flag, values] as const] : []
    }),
  )
  const behind = Array.from(valued, ([flag, values]) => `--${flag}) words=${bashWords(values)} ;;`)
  const ofArguments = commands.flatMap((command) => {
    const values = valuesOfArguments(command, commands, shells)
    return values ? [`${command.name}) words=${bashWords(values)} ;;`] : []
  })
  const chosen = (of: string, rows: readonly string[]) => [`case $${of} in`, ...rows.map((row) => `  ${row}`), 'esac']
  const indented = (lines: readonly string[], by: string) => lines.map((line) => by + line)
  return [
    '_prompt_runner() {',
    `  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]} words=`,
    '  if [[ $word == -* ]]; then',
    ...indented(chosen('command', [...flags, `*) words='${flagsIn(commands[0]!).join(' ')}' ;;`]), '    '),
    '  elif [[ $before == --* ]]; then',
    ...indented(chosen('before', behind), '    '),
    '  elif ((COMP_CWORD == 1)); then',
    `    words='${commands.map(({ name }) => name).join(' ')}'`,
    '  else',
    ...indented(chosen('command', ofArguments), '    '),
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    ...programs.map((program) => `complete -o default -F _prompt_runner ${program}`),
    '',
  ].join('\n')
}

const bashWords = ({ words, listed }: CompletedValues): string =>
  `"${[...words, ...(listed === undefined ? [] : [`$(${listed})`])].join(' ')}"`

function fishScript(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, '\\$&').replaceAll('\n', ' ')}'`
  const offered = ({ words, listed }: CompletedValues) =>
    `-a ${quoted([...words, ...(listed === undefined ? [] : [`(${listed})`])].join(' '))}`
  const ofProgram = (program: string) => [
    ...commands.map(({ name, describe }) => {
      return `complete -c ${program} -n __fish_use_subcommand -a ${name} -d ${quoted(describe)}`
    }),
    ...commands.flatMap((command, index) => {
      const isMeant = index === 0 ? '__fish_use_subcommand; or ' : ''
      const where = quoted(`${isMeant}__fish_seen_subcommand_from ${command.name}`)
      const ofArguments = valuesOfArguments(command, commands, shells)
      return [
        ...(ofArguments ? [`complete -c ${program} -n ${where} ${offered(ofArguments)}`] : []),
        ...flagsOf(command).map(([flag, option]) => {
          const values = valuesOfFlag(flag, option)
          const takes = option.type === 'boolean' ? '' : ` -r${values ? ` ${offered(values)}` : ''}`
          return `complete -c ${program} -n ${where} -l ${flag}${takes} -d ${quoted(option.describe ?? '')}`
        }),
      ]
    }),
  ]
  return [...programs.flatMap(ofProgram), ''].join('\n')
}
