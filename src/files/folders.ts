import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

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

/** Whether there is a folder; false for what cannot be looked at, too. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Whether a folder could be written to, looking at the nearest one above it that exists. Makes nothing. */
export function isWritableFolder(path: string): boolean {
  const nearest = nearestExisting(path)
  if (!isFolder(nearest)) return false
  try {
    accessSync(nearest, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** The path itself, or the nearest folder above it that exists. */
export function nearestExisting(path: string): string {
  let nearest = path
  while (!existsSync(nearest)) nearest = dirname(nearest)
  return nearest
}
