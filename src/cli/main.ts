import { readFileSync } from 'node:fs'
import type { CommandContext } from './command.ts'
import { commandNamed, commands } from './commands.ts'
import { reportFailure } from './failure.ts'
import { asksForHelp } from './help-asked.ts'
import { helpText } from './help-text.ts'
import { Output, type OutputStreams } from './output.ts'
import { modeBeforeSettings } from './output-mode.ts'
import { type Stop, withSignals } from './signals.ts'

/** The whole program: returns the exit code and never throws. */
export async function main(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  cwd: string,
  streams?: OutputStreams,
): Promise<number> {
  const output = new Output(modeBeforeSettings(argv, environment), streams)
  const exitCode = await dispatch(argv, { output, environment, cwd, argv }).catch((error) =>
    reportFailure(error, output),
  )
  const allWritten = await output.close()
  return allWritten ? exitCode : Math.max(exitCode, 1)
}

async function dispatch(argv: readonly string[], context: Omit<CommandContext, keyof Stop>): Promise<number> {
  if (asksForHelp(argv)) {
    const asked = argv.includes('--version') ? 'version' : 'help'
    const text = asked === 'version' ? version() : helpText(commandNamed(argv, commands), commands)
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
