import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** What the program reads beside its `dist/`, as it lies in the package. */
const beside = ['fixtures', 'node_modules', 'package.json', 'recordings']

/**
 * All temporary files of the tests, and of the processes that they start and kill, lie in one folder that goes when they end.
 * The program is built into it, unless PR_PROGRAM says which one is meant: `PR_PROGRAM=src/cli/bin.ts npm test`.
 */
export function setup(): () => void {
  // macOS has its temporary folders behind a link, and programs call them by their real name.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pr-tests-')))
  process.env['TMPDIR'] = folder
  // Stamps are local time.
  process.env['TZ'] = 'UTC'
  process.env['PR_PROGRAM'] = resolve(process.env['PR_PROGRAM'] || builtIn(join(folder, 'program')))
  return () => rmSync(folder, { recursive: true, force: true })
}

function builtIn(folder: string): string {
  mkdirSync(folder)
  for (const name of beside) symlinkSync(resolve(name), join(folder, name))
  execFileSync(process.execPath, ['.build.ts', join(folder, 'dist')], { stdio: 'inherit' })
  return join(folder, 'dist/cli/bin.js')
}
