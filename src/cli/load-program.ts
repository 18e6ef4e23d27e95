import { fileURLToPath } from 'node:url'
import { asksForHelp } from './help-asked.ts'
import type { main } from './main.ts'
import { runScript } from './run-script.ts'

/** Set by the build: the file name of the program, which lies beside this module. */
declare const PROGRAM: string

export interface Program {
  readonly main: typeof main
  /** Leaves what the next start of the same kind can use. To be called when all is done. */
  keep(): void
}

/** The program from its sources, or as it was built into one script; for the help a twentieth of it is enough. */
export async function loadProgram(argv: readonly string[]): Promise<Program> {
  if (typeof PROGRAM === 'undefined' || asksForHelp(argv)) return { ...(await import('./main.ts')), keep() {} }
  const { exports, keep } = runScript(fileURLToPath(new URL(PROGRAM, import.meta.url)), waysOf(argv))
  return { main: (exports as Pick<Program, 'main'>).main, keep }
}

/** Two calls with the same words and flags use about the same functions. */
function waysOf(argv: readonly string[]): string {
  const flags = argv.flatMap((word) => /^--?[a-z][a-z-]*/.exec(word)?.[0] ?? [])
  const command = /^[a-z]+$/.exec(argv[0] ?? '')?.[0] ?? ''
  return [command, ...new Set(flags.sort())].join('')
}
