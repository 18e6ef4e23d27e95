import { linkSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Makes a file that must not be there yet, with its whole text or not at all, whenever the process dies. Throws node's error: EEXIST when
 * it is there, and ENOENT also when somebody took the part away of which it is made.
 */
export function createWhole(path: string, text: string): void {
  const part = `${path}${PART}${process.pid}`
  writeFileSync(part, text)
  try {
    linkSync(part, path)
  } catch (error) {
    // Some disks know no links.
    if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    writeFileSync(path, text, { flag: 'wx' })
  } finally {
    rmSync(part, { force: true })
  }
}

/** Whether a file is the part of one that was never made, if its process is gone. */
export function isPart(name: string): boolean {
  return name.includes(PART)
}

const PART = '.part-'
