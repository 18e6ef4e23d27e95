import { expect } from 'vitest'
import type { PrResult } from '../cli/run-pr.ts'
import { callOf, commandsSaid } from './printed-commands.ts'

/** What a command that the program tells a person to run has to do there. */
interface Meaning {
  readonly exits: readonly number[]
  readonly says: RegExp
}

/** By how the command begins; the first one counts. */
const meanings: ReadonlyArray<readonly [RegExp, Meaning]> = [
  [/^(\w+ )?--help/, { exits: [0], says: /^Usage: pr / }],
  [/^help$/, { exits: [0], says: /^Topics:\n/ }],
  [/^help /, { exits: [0], says: /^.+\n=+\n/ }],
  [/^init/, { exits: [0], says: /^wrote .*\nwrote / }],
  // To tell of problems is what it is for.
  [/^validate/, { exits: [0, 2], says: /checked \d/ }],
  [/^doctor/, { exits: [0, 1, 4], says: /\n\d+ ok/ }],
  [/^runs/, { exits: [0], says: /^(name +state|.*no runs?)/ }],
  [/^clean/, { exits: [0], says: /^(Nothing to delete|\d+ files|kept)/ }],
  [/^diff/, { exits: [0, 1], says: /^(Jobs: |No difference|.*\bclasses?\b|=|~)/m }],
  [/^report/, { exits: [0], says: /^Report: / }],
  [/^redo/, { exits: [0], says: /made again with seed \d+ instead/ }],
  [/^record .*--probe/, { exits: [0], says: /^Recorded recordings\/mine: /m }],
  [/^record/, { exits: [0], says: /^Recorded recordings\/.*, verified by a replay/m }],
  [/^drift/, { exits: [0, 4], says: /, is as http|is no longer what/ }],
  [/^serve/, { exits: [0], says: /recordings\/mine/ }],
  [/^plan .*--gpus/, { exits: [0], says: /RTX 4090/ }],
  [/^plan .*-o /, { exits: [0], says: /^Written to /m }],
  [/^plan .*--ask-server/, { exits: [0], says: /^Plan: /m }],
  [/^--plan /, { exits: [0], says: /\d+ jobs: / }],
  // What broke it may break it again.
  [/--resume( |$)/, { exits: [0, 1], says: /of them done already|\d done before/ }],
  [/^--fault help/, { exits: [0], says: /^A fault says / }],
  [/^--dry-run --sweep/, { exits: [0, 6], says: /^fault +tried/m }],
  [/^--dry-run/, { exits: [0, 1], says: /^real network connections: 0/m }],
]

/** What stands for what only a person knows. */
const standIns: ReadonlyArray<readonly [said: string, here: string]> = [
  ['init DIR', 'init another/folder'],
  ['diff A B', 'diff wan22-two-chunks mine'],
  ['redo NAME CHUNK [--seed N]', 'redo otter 3 --seed 7'],
  ['FAULT', "'after POST /prompt of job 3: reset'"],
  ['TOPIC', 'resume'],
  ['COMMAND', 'runs'],
]

/** Takes long, and does the same each time. */
const recorded = new Set<string>()

/** Runs each command that the program has told of, and checks that it does what it was told for. Gives them, as they were said. */
export async function runSaid(
  said: string,
  run: (args: readonly string[], env: Readonly<Record<string, string>>) => Promise<PrResult>,
): Promise<string[]> {
  const commands = commandsSaid(said)
  for (const command of commands.filter((each) => !recorded.has(each))) {
    if (command.startsWith('pr record ')) recorded.add(command)
    const call = callOf(standIns.reduce((text, [from, to]) => text.replace(from, to), command))
    if (call === null) expect.fail(`${command} is no call of pr`)
    const words = call.args.join(' ')
    const [, meaning] = meanings.find(([start]) => start.test(words)) ?? expect.fail(`${command} has no meaning`)
    const { exitCode, stdout, stderr } = await run(call.args, call.env)
    const text = (stdout + stderr).replaceAll(/^\*DRY-RUN\* /gm, '')
    expect.soft({ command, exitCode, text }).toEqual({
      command,
      exitCode: expect.toBeOneOf([...meaning.exits]),
      text: expect.stringMatching(meaning.says),
    })
    expect.soft(stderr, command).not.toContain('PR_USAGE')
  }
  return commands
}
