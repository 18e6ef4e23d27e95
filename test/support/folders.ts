import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { newFolder } from '../cli/run-pr.ts'

/** A folder that is gone when the tests have ended. */
export const temporaryFolder = newFolder

/** Every file below a folder, relative to it, sorted. */
export function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted()
}
