import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { naturalOrder } from '../domain/natural-order.ts'
import { isRunFolder } from '../report/run-folder.ts'

/** The run folders of rehearsals in a folder, in the order in which they were made; links to such are none. */
export function runFoldersIn(parent: string): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && isRunFolder(entry.name))
      .map(({ name }) => name)
      .toSorted(naturalOrder)
      .map((name) => join(parent, name))
  } catch {
    // Where there is no folder, there is none in it.
    return []
  }
}
