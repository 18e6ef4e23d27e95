import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** All temporary files of the tests, and of the processes that they start and kill, lie in one folder that goes when they end. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'pr-tests-'))
  process.env['TMPDIR'] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
