import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isFolder } from './file-kind.ts'

/**
 * Makes a folder and those above it; one that is there is fine. Node's own recursive mkdir never returns where the system says
 * ENOENT although the folder above exists, as /proc does. Throws the system's error.
 */
export function makeFolder(path: string): void {
  const above = dirname(path)
  if (above !== path && statSync(above, { throwIfNoEntry: false }) === undefined) makeFolder(above)
  try {
    mkdirSync(path)
  } catch (error) {
    if (!isFolder(path)) throw error
  }
}
