import { readFileSync } from 'node:fs'
import type { Command, CommandContext } from './command.ts'
import { cleanCommand } from './commands/clean.ts'
import { completionCommand } from './commands/completion.ts'
import { diffCommand } from './commands/diff.ts'
import { doctorCommand } from './commands/doctor.ts'
import { helpCommand } from './commands/help.ts'
import { initCommand } from './commands/init.ts'
import { planCommand } from './commands/plan.ts'
import { driftCommand, recordCommand } from './commands/record.ts'
import { redoCommand } from './commands/redo.ts'
import { reportCommand } from './commands/report.ts'
import { runCommand } from './commands/run.ts'
import { runsCommand } from './commands/runs.ts'
import { schemaCommand } from './commands/schema.ts'
import { serveCommand } from './commands/serve.ts'
import { validateCommand } from './commands/validate.ts'
import { reportFailure } from './failure.ts'
import { helpText } from './help-text.ts'
import { Output, type OutputStreams } from './output.ts'
import { modeBeforeSettings } from './output-mode.ts'
import { type Stop, withSignals } from './signals.ts'
import { wholeCommands } from './whole-commands.ts'

/** The whole program: returns the exit code and never throws. */
export async function main(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  cwd: string,
  streams?: OutputStreams,
): Promise<number> {
  const whole = wholeCommands({ argv, environment, cwd, script: process.argv[1] }, commands)
  const output = new Output(modeBeforeSettings(argv, environment), streams, whole)
  const exitCode = await dispatch(argv, { output, environment, cwd, argv, commands }).catch((error) =>
    reportFailure(error, output),
  )
  const allWritten = await output.close()
  return allWritten ? exitCode : Math.max(exitCode, 1)
}

async function dispatch(argv: readonly string[], context: Omit<CommandContext, keyof Stop>): Promise<number> {
  if (asksForHelp(argv)) {
    const asked = argv.includes('--version') ? 'version' : 'help'
    const text = asked === 'version' ? version() : helpText(commandNamed(argv[isHelpOnCommand(argv) ? 1 : 0]), commands)
    context.output.print(text)
    context.output.result({ [asked]: text })
    return 0
  }
  const { parseArguments } = await import('./parse-arguments.ts')
  const { command, flags } = await parseArguments(argv, commands)
  return withSignals((stop) => command.run(flags, { ...context, ...stop }), command)
}

/** package.json lies two folders up, from src/cli and from dist/cli alike. */
function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}

/** Whether a call wants to be told something and nothing to be done; `pr help COMMAND` does, too. */
function asksForHelp(argv: readonly string[]): boolean {
  return ['--help', '-h', '--version'].some((flag) => argv.includes(flag)) || isHelpOnCommand(argv)
}

function isHelpOnCommand([word, name]: readonly string[]): boolean {
  return word === helpCommand.name && commands.some((command) => command.name === name)
}

/** Every command; the first one is meant when none is named. */
export const commands: readonly Command[] = [
  runCommand,
  initCommand,
  planCommand,
  runsCommand,
  redoCommand,
  cleanCommand,
  serveCommand,
  validateCommand,
  doctorCommand,
  reportCommand,
  diffCommand,
  recordCommand,
  driftCommand,
  schemaCommand,
  completionCommand,
  helpCommand,
]

/** The command that the first argument names; without such a name the first one. */
function commandNamed(word: string | undefined): Command {
  return commands.find(({ name }) => name === word) ?? commands[0]!
}
