import { quoted } from '../domain/shell-word.ts'
import type { Command } from './command.ts'
import { type Call, calledAs, givenOf } from './command-line.ts'

/**
 * Makes commands whole that a text names between backticks: `pr validate` becomes what a shell runs here, with those options of this
 * call that the command takes, too.
 */
export function wholeCommands(call: Call, commands: readonly Command[]): (text: string) => string {
  const optionsFor = (words: readonly string[]): string[] => {
    const isRun = words[0]?.startsWith('--')
    const command = commands.find(({ name }) => name === (isRun ? commands[0]!.name : words[0]))
    if (!command || ownOnly.some((word) => words.includes(word))) return []
    return givenOf(
      call.argv,
      (flag) =>
        flag in command.options && !words.includes(`--${flag}`) && !(words[0] === 'record' && flag === 'recording'),
    )
  }
  return (text) =>
    text.replaceAll(/`pr ([a-z-][^`\n]*)`/g, (_, rest: string) => {
      return `\`${[calledAs(call), rest, ...optionsFor(rest.split(' ')).map(quoted)].join(' ')}\``
    })
}

/** They are about something else than this call, or, as a written plan, have its options themselves. */
const ownOnly = ['init', 'diff', '--plan', '--help', '--version']
