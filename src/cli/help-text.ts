import { type Command, type Option, positionalsOf, positionalText } from './command.ts'

const WIDTH = 100

/**
 * The help of one command. The first command is the default one, and its help is the program's.
 * Written here and not by yargs, whose text measuring alone takes most of the 150 ms that `--help` may take.
 */
export function helpText(command: Command, commands: readonly Command[]): string {
  const isDefault = command === commands[0]
  const name = isDefault ? `[${command.name}]` : command.name
  const blocks = [
    [`Usage: ${['pr', name, ...positionalsOf(command), '[options]'].join(' ')}`],
    wrap(`${command.describe}.`, 0),
    isDefault ? ['Commands:', ...table(commands.map((each) => [commandText(each), each.describe]))] : [],
    ...optionBlocks(command.options),
    command.variables ? ['Environment only:', ...table(command.variables)] : [],
    ['Other:', ...table(others)],
    ['Examples:', ...command.examples.flatMap(([line, describe]) => [`  ${line}`, ...wrap(describe, 6)])],
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

const others: ReadonlyArray<readonly [string, string]> = [
  ['--help', 'show this'],
  ['--version', 'show the version'],
]

const commandText = (command: Command): string => [command.name, ...positionalsOf(command)].join(' ')

function optionBlocks(options: Readonly<Record<string, Option>>): string[][] {
  const groups = Map.groupBy(Object.entries(options), ([, option]) => option.group ?? 'Options')
  return [...groups].map(([group, rows]) => [`${group}:`, ...table(rows.map(optionRow))])
}

function optionRow([name, option]: [string, Option]): readonly [string, string] {
  const { positional, shows, alias, describe = '' } = option
  const flag = alias ? `-${alias}, --${name}` : `--${name}`
  if (positional) return [positionalText([name, option]), describe]
  return [shows ? `${flag} ${shows}` : flag, describe]
}

/** Where descriptions start. */
const COLUMN = 27

/** Two columns; a left side that is too long stands alone. */
export function table(rows: ReadonlyArray<readonly [left: string, right: string]>): string[] {
  return rows.flatMap(([left, right]) => {
    const [first = '', ...rest] = wrap(right, COLUMN)
    const start = `  ${left} `
    return start.length > COLUMN
      ? [start.trimEnd(), first, ...rest]
      : [start.padEnd(COLUMN) + first.trimStart(), ...rest]
  })
}

/** A text in lines of at most 100 characters. */
export function wrap(text: string, indent: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line].map((each) => ' '.repeat(indent) + each)
}
