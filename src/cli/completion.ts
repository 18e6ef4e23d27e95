import type { Command } from './command.ts'

/** Shells that complete commands, flags and topics. */
export const shells = ['bash', 'zsh', 'fish'] as const

/** A script that teaches a shell the commands; the first of them is meant where none is named. */
export function completionScript(shell: (typeof shells)[number], commands: readonly Command[]): string {
  if (shell === 'fish') return fishScript(commands)
  const bash = bashScript(commands)
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`
}

const programs = ['pr', 'prompt-runner']
const common = ['help', 'version']

const flagsOf = ({ options }: Command): string[] => [
  ...Object.entries(options).flatMap(([name, { positional }]) => (positional ? [] : [name])),
  ...common,
]

function bashScript(commands: readonly Command[]): string {
  const words = (command: Command) =>
    flagsOf(command)
      .map((flag) => `--${flag}`)
      .join(' ')
  const cases = commands.map((command) => `    ${command.name}) flags='${words(command)}' ;;`)
  const names = commands.map(({ name }) => name).join(' ')
  return [
    '_prompt_runner() {',
    `  local word=\${COMP_WORDS[COMP_CWORD]} flags`,
    `  case \${COMP_WORDS[1]} in`,
    ...cases,
    `    *) flags='${words(commands[0]!)}' ;;`,
    '  esac',
    '  COMPREPLY=()',
    '  if [[ $word == -* ]]; then',
    '    COMPREPLY=($(compgen -W "$flags" -- "$word"))',
    '  elif ((COMP_CWORD == 1)); then',
    `    COMPREPLY=($(compgen -W '${names}' -- "$word"))`,
    '  fi',
    '}',
    ...programs.map((program) => `complete -o default -F _prompt_runner ${program}`),
    '',
  ].join('\n')
}

function fishScript(commands: readonly Command[]): string {
  const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, '\\$&').replaceAll('\n', ' ')}'`
  const ofProgram = (program: string) => [
    ...commands.map(({ name, describe }) => {
      return `complete -c ${program} -n __fish_use_subcommand -a ${name} -d ${quoted(describe)}`
    }),
    ...commands.flatMap((command, index) => {
      const isMeant = index === 0 ? '__fish_use_subcommand; or ' : ''
      const where = quoted(`${isMeant}__fish_seen_subcommand_from ${command.name}`)
      return flagsOf(command).map((flag) => {
        const describe = command.options[flag]?.describe ?? (flag === 'help' ? 'show the help' : 'show the version')
        return `complete -c ${program} -n ${where} -l ${flag} -d ${quoted(describe)}`
      })
    }),
  ]
  return [...programs.flatMap(ofProgram), ''].join('\n')
}
