import type { Command } from './command.ts'
import { cleanCommand } from './commands/clean.ts'
import { diffCommand } from './commands/diff.ts'
import { doctorCommand } from './commands/doctor.ts'
import { driftCommand } from './commands/drift.ts'
import { initCommand } from './commands/init.ts'
import { recordCommand } from './commands/record.ts'
import { redoCommand } from './commands/redo.ts'
import { runCommand } from './commands/run.ts'
import { runsCommand } from './commands/runs.ts'
import { serveCommand } from './commands/serve.ts'
import { validateCommand } from './commands/validate.ts'

/** Every command; the first one is meant when none is named. */
export const commands: readonly Command[] = [
  runCommand,
  initCommand,
  runsCommand,
  redoCommand,
  cleanCommand,
  serveCommand,
  validateCommand,
  doctorCommand,
  diffCommand,
  recordCommand,
  driftCommand,
]

/** The command that the first argument names; without such a name the first of `among`, which is `run`. */
export const commandNamed = (argv: readonly string[], among: readonly Command[]): Command =>
  among.find(({ name }) => name === argv[0]) ?? among[0]!
