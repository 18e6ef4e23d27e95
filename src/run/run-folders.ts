import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isRunFolder } from '../report/run-folder.ts'

/** The run folders of rehearsals in a folder; links to such are none. */
export function runFoldersIn(parent: string): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && isRunFolder(entry.name))
      .map(({ name }) => join(parent, name))
  } catch {
    // Where there is no folder, there is none in it.
    return []
  }
}
