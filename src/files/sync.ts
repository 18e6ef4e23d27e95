import { closeSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/** Waits until a file and its name are on the disk; one that is not there is left out. */
export function syncFile(path: string): void {
  if (sync(path)) syncFolder(dirname(path))
}

/** Waits until the names in a folder are on the disk, where the system can do that. */
export function syncFolder(path: string): void {
  try {
    sync(path)
  } catch (error) {
    // Windows opens no folders, and some network disks sync none.
    if (!['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

function sync(path: string): boolean {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  try {
    fsyncSync(file)
    return true
  } finally {
    closeSync(file)
  }
}
