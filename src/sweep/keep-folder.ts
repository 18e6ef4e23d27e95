import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs'

/**
 * Keeps a folder as it is now; disposed, it is that again, whatever was written meanwhile. A lock counts for nothing: its process is
 * taken for dead.
 */
export function keepFolder(folder: string): Disposable {
  const copy = `${folder}.kept`
  mkdirSync(folder, { recursive: true })
  cpSync(folder, copy, { recursive: true, preserveTimestamps: true, filter: (path) => !/\.lock(\.\d+)?$/.test(path) })
  return {
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true })
      renameSync(copy, folder)
    },
  }
}
