import { type Stats, statSync } from 'node:fs'

/** Whether there is a regular file; false for what cannot be looked at, too. */
export const isFile = (path: string): boolean => kindOf(path)?.isFile() ?? false

/** Whether there is a folder; false for what cannot be looked at, too. */
export const isFolder = (path: string): boolean => kindOf(path)?.isDirectory() ?? false

function kindOf(path: string): Stats | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}
